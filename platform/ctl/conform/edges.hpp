#pragma once

#include <rota/plugin.h>

#include <cstddef>
#include <mutex>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace rota::ctl::conform {

/// Copies of what a plugin is given, each of which ends where memory ends: whoever goes on behind it, because he takes
/// a struct for longer than it is or a text for one that a zero ends, is stopped there (SIGSEGV). They live as long as
/// this. [thread-safe]
class Edges {
public:
    Edges() = default;
    ~Edges();
    Edges(const Edges&) = delete;
    Edges& operator=(const Edges&) = delete;

    template <class T>
    T* copy(const T& value) {
        return copy(std::span<const T>(&value, 1));
    }
    template <class T>
    T* copy(std::span<const T> values) {
        static_assert(std::is_trivially_copyable_v<T>);
        return static_cast<T*>(place(values.data(), values.size_bytes()));
    }
    rota_str text(std::string_view text);

private:
    void* place(const void* bytes, std::size_t size);

    struct Mapping {
        void* begin;
        std::size_t size;
    };
    std::mutex mutex_; ///< of the mappings
    std::vector<Mapping> mappings_;
};

} // namespace rota::ctl::conform
