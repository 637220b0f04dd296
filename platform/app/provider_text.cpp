#include "app/provider_text.hpp"

#include <algorithm>
#include <cstddef>

namespace rota::app {
namespace {

/// A provider's page of HTML is not kept.
constexpr std::size_t kBytes = 500;

} // namespace

std::string providerText(std::string text) {
    if (text.size() > kBytes) text.resize(kBytes);
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text;
}

} // namespace rota::app
