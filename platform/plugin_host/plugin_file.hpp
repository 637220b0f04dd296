#pragma once

#include "base/file_descriptor.hpp"
#include "plugin_host/problem.hpp"

#include <sys/types.h>
#include <tl/expected.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rota::plugin_host {

/// ^[a-z0-9][a-z0-9_-]{0,63}$: a name that is a file's name and nothing more.
bool isPluginName(std::string_view name);

/// Finds `<name>.so` in the directories and reads it whole, after making sure that nobody but root and we could have
/// put or changed it: no symbolic link, a regular file, it and all folders above owned by root or us and not writable
/// by others (sticky folders excepted). `owners` may own it all too: whom a container's volume belongs to. Then it must
/// be a complete shared library for this machine: a truncated one would kill the process when it is mapped.
struct PluginFile {
    std::string path;
    std::string bytes;

    std::string sha256() const; ///< of the bytes, as sha256sum writes it
};
tl::expected<PluginFile, PluginProblem> readPlugin(std::string_view name, const std::vector<std::string>& directories,
                                                   const std::set<uid_t>& owners = {});

/// None where the file that was found may be loaded: `pinned` is empty, or is its sum. `subject` is the instance.
std::optional<PluginProblem> pinFault(const std::string& subject, const std::string& pinned, const std::string& path,
                                      const std::string& sha256);

/// A fresh folder of this process alone, for the copies that are loaded: dlopen of a replaced file gives the old
/// library, and overwriting a mapped one kills the process. Removed, with what is in it, at the end; what a process
/// left that was killed, the next one of its user removes.
class PrivateDirectory {
public:
    static tl::expected<PrivateDirectory, PluginProblem> make(const std::string& parent);
    ~PrivateDirectory();
    PrivateDirectory(PrivateDirectory&& other) noexcept;
    PrivateDirectory& operator=(PrivateDirectory&&) = delete;

    /// Writes the bytes under a name that no earlier copy had, unless one of that name has the same ones: a build is
    /// loaded once, however often the configuration is read anew or goes back to it. Answers the absolute path.
    tl::expected<std::string, PluginProblem> store(std::string_view name, std::string_view bytes);

private:
    PrivateDirectory(std::string path, base::FileDescriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}

    std::string path_;
    base::FileDescriptor lock_; ///< on the folder, as long as the process lives
    int copies_ = 0;
    std::map<std::string, std::string> stored_; ///< by name and sum, the path
};

} // namespace rota::plugin_host
