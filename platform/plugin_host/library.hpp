#pragma once

#include "plugin_host/plugin_file.hpp"
#include "plugin_host/problem.hpp"

#include <rota/plugin.h>

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <vector>

namespace rota::plugin_host {

/// One of the plugins in a library.
struct PluginType {
    std::uint32_t index;
    const rota_descriptor* descriptor; ///< static
};

/// A plugin's library in this process. It stays loaded until the process ends: unloading is unreliable (unique symbols,
/// thread-local destructors), and a call might still be on its way out.
class Library {
public:
    /// Loads `copy`, which is of a file that was checked: `path` is where that was found, for messages.
    static tl::expected<Library, PluginProblem> open(const std::string& path, const std::string& copy);
    /// The same for a copy that is made in `directory`.
    static tl::expected<Library, PluginProblem> load(std::string_view name, const PluginFile& file,
                                                     PrivateDirectory& directory);

    /// The plugin of that name and kind (ROTA_KIND_…), if the library has it.
    std::optional<PluginType> find(std::string_view id, std::uint32_t kind) const;

    /// All that it holds and that are described whole.
    std::vector<PluginType> all() const;

    const rota_entry& entry() const { return *entry_; }
    const std::string& path() const { return path_; } ///< where it was found
    const std::string& copy() const { return copy_; } ///< what is loaded; another one for every other content

private:
    Library(const rota_entry* entry, std::string path, std::string copy)
        : entry_(entry), path_(std::move(path)), copy_(std::move(copy)) {}

    const rota_entry* entry_;
    std::string path_;
    std::string copy_;
};

} // namespace rota::plugin_host
