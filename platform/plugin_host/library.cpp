#define BOOST_DLL_USE_STD_FS
#include "plugin_host/library.hpp"

#include <boost/dll/shared_library.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace rota::plugin_host {
namespace {

namespace dll = boost::dll;

/// Never destroyed, so that no exit order can unload what is still called.
void keepForever(std::shared_ptr<dll::shared_library> library) {
    static std::mutex mutex;
    static auto* const kept = new std::vector<std::shared_ptr<dll::shared_library>>;
    const std::scoped_lock lock(mutex);
    kept->push_back(std::move(library));
}

/// dlerror names our private copy; the operator knows the file by another name.
std::string withoutCopy(std::string message, const std::string& copy, const std::string& original) {
    for (auto at = message.find(copy); at != std::string::npos; at = message.find(copy, at + original.size()))
        message.replace(at, copy.size(), original);
    return message;
}

std::optional<PluginProblem> entryFault(const rota_entry& entry, const std::string& path) {
    const auto noPlugin = [&](std::string cause) {
        return PluginProblem{problem::kNoEntry, path, std::move(cause), "build it against rota/plugin.h"};
    };
    if (entry.magic != ROTA_ENTRY_MAGIC) return noPlugin("its rota_plugin_entry has no plugin's magic number");
    const auto ours = std::to_string(ROTA_ABI_MAJOR) + "." + std::to_string(ROTA_ABI_MINOR);
    if (entry.abi_major != ROTA_ABI_MAJOR)
        return PluginProblem{problem::kAbi, path,
                             "is for version " + std::to_string(entry.abi_major) +
                                 " of the plugin interface, this server has " + ours,
                             "install a build for version " + std::to_string(ROTA_ABI_MAJOR)};
    if (entry.min_host_minor > ROTA_ABI_MINOR)
        return PluginProblem{problem::kAbi, path,
                             "needs version " + std::to_string(entry.abi_major) + "." +
                                 std::to_string(entry.min_host_minor) + " of the plugin interface, this server has " +
                                 ours,
                             "update the server, or install an older build of the plugin"};
    if (!ROTA_HAS(&entry, rota_entry, create)) return noPlugin("its rota_plugin_entry is too short");
    if (entry.count == nullptr || entry.describe == nullptr || entry.create == nullptr)
        return noPlugin("its rota_plugin_entry lacks a function");
    return std::nullopt;
}

bool isWhole(const rota_descriptor* descriptor) {
    return descriptor != nullptr && ROTA_HAS(descriptor, rota_descriptor, http_hosts) && descriptor->id != nullptr &&
           descriptor->name != nullptr && descriptor->version != nullptr && descriptor->vendor != nullptr &&
           descriptor->license != nullptr && descriptor->config_schema != nullptr && descriptor->http_hosts != nullptr;
}

} // namespace

tl::expected<Library, PluginProblem> Library::open(const std::string& path, const std::string& copy) {
    const auto library = std::make_shared<dll::shared_library>();
    try {
        // All symbols now: with lazy binding a missing one would end the process at its first call.
        library->load(copy, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
    } catch (const std::exception& error) {
        return tl::unexpected(
            PluginProblem{problem::kLoad, path, "cannot be loaded: " + withoutCopy(error.what(), copy, path),
                          "install what it needs, for this system; copies are loaded from " +
                              copy.substr(0, copy.rfind('/')) + ", which must not be mounted noexec"});
    }
    keepForever(library);
    if (!library->has("rota_plugin_entry"))
        return tl::unexpected(PluginProblem{problem::kNoEntry, path, "does not export rota_plugin_entry",
                                            "build it against rota/plugin.h; C++: end it with ROTA_PLUGIN(…);"});
    const auto& entry = library->get<const rota_entry>("rota_plugin_entry");
    if (auto fault = entryFault(entry, path)) return tl::unexpected(*fault);
    return Library(&entry, path, copy);
}

tl::expected<Library, PluginProblem> Library::load(std::string_view name, const PluginFile& file,
                                                   PrivateDirectory& directory) {
    return directory.store(name, file.bytes).and_then([&](const std::string& copy) { return open(file.path, copy); });
}

std::vector<PluginType> Library::all() const {
    std::vector<PluginType> types;
    for (std::uint32_t i = 0, count = entry_->count(); i < count; ++i)
        if (const auto* descriptor = entry_->describe(i); isWhole(descriptor)) types.push_back({i, descriptor});
    return types;
}

std::optional<PluginType> Library::find(std::string_view id, std::uint32_t kind) const {
    for (const auto& type : all())
        if (type.descriptor->kind == kind && type.descriptor->id == id) return type;
    return std::nullopt;
}

} // namespace rota::plugin_host
