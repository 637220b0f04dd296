#include "ctl/conform/edges.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace rota::ctl::conform {

Edges::~Edges() {
    for (const auto& mapping : mappings_)
        ::munmap(mapping.begin, mapping.size);
}

rota_str Edges::text(std::string_view text) {
    return {copy(std::span(text)), text.size()};
}

void* Edges::place(const void* bytes, std::size_t size) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto usable = (size + page - 1) / page * page;
    // The last page is there and may not be touched, so that nothing else comes to lie behind the copy.
    void* const begin = ::mmap(nullptr, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (begin == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    {
        const std::scoped_lock lock(mutex_);
        mappings_.push_back({begin, usable + page});
    }
    auto* const end = static_cast<char*>(begin) + usable;
    if (::mprotect(end, page, PROT_NONE) != 0) throw std::system_error(errno, std::generic_category(), "mprotect");
    if (size > 0) std::memcpy(end - size, bytes, size);
    return end - size;
}

} // namespace rota::ctl::conform
