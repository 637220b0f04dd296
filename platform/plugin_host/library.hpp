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
    /// `file` is checked already; a copy in `directory` is what is loaded.
    static tl::expected<Library, PluginProblem> load(std::string_view name, const PluginFile& file,
                                                     PrivateDirectory& directory);

    /// The plugin of that name and kind (ROTA_KIND_…), if the library has it.
    std::optional<PluginType> find(std::string_view id, std::uint32_t kind) const;

    /// All that it holds and that are described whole.
    std::vector<PluginType> all() const;

    const rota_entry& entry() const { return *entry_; }
    const std::string& path() const { return path_; } ///< where it was found

private:
    Library(const rota_entry* entry, std::string path) : entry_(entry), path_(std::move(path)) {}

    const rota_entry* entry_;
    std::string path_;
};

} // namespace rota::plugin_host
