#pragma once

#include "http/error_responses.hpp"
#include "http/request.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// Only for this folder's sources.
namespace rota::http {

/// The largest id that JavaScript's numbers hold with room to spare; no row's id ever comes near.
inline constexpr std::int64_t kLargestId = 9'000'000'000'000'000;

/// The body as a JSON object. Refused is what a reader could take in two ways or choke on: broken JSON, invalid UTF-8,
/// a key twice, deep nesting; a Content-Type that is another, or missing (415).
tl::expected<nlohmann::json, Response> parseJsonObject(const Request& request);

/// Reads members of an object strictly by type, and collects what is wrong instead of stopping at the first.
class MemberReader {
public:
    /// `prefix` stands before the names in errors: "schedule[2]." for an object within a list.
    MemberReader(const nlohmann::json& object, FieldErrors& errors, std::string prefix = {})
        : object_(object), errors_(errors), prefix_(std::move(prefix)) {}

    /// Whether there is such a member, whatever it holds: the others find a missing one wrong.
    bool has(const std::string& name) const { return object_.contains(name); }

    /// Not a string or a fraction: an integer from 1 to kLargestId.
    std::optional<std::int64_t> id(const std::string& name);
    std::optional<std::int64_t> integer(const std::string& name, std::string_view otherwise);
    std::optional<std::string> text(const std::string& name, std::string_view otherwise = "Must be a string");

    std::optional<bool> boolean(const std::string& name);
    /// An array of at most `most` items; null where it is none.
    const nlohmann::json* list(const std::string& name, std::size_t most);

    void refuse(const std::string& name, std::string_view message);
    /// Every member but these.
    void refuseOthers(std::initializer_list<std::string_view> names, std::string_view message);

private:
    /// Null where the member is missing, which is then noted.
    const nlohmann::json* member(const std::string& name);

    const nlohmann::json& object_;
    FieldErrors& errors_;
    std::string prefix_;
};

} // namespace rota::http
