#include "plugin_host/plugin_file.hpp"

#include "base/text.hpp"
#include "plugin_host/elf.hpp"

#include <fcntl.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

namespace rota::plugin_host {
namespace {

namespace fs = std::filesystem;

/// A plugin with all its libraries linked in takes some 20 MB; what is larger was put there by mistake.
constexpr off_t kLargestFile = 256 * 1024 * 1024;

std::string reason(int error) {
    return std::generic_category().message(error);
}

/// Whether somebody other than root and us may write there. Our own group is ours: many systems give each user one.
bool othersMayWrite(const struct stat& status) {
    const bool group = (status.st_mode & S_IWGRP) != 0 && status.st_gid != 0 && status.st_gid != ::getegid();
    return group || (status.st_mode & S_IWOTH) != 0;
}

using Owners = std::set<uid_t>;

bool ownedByUs(const struct stat& status, const Owners& owners) {
    return status.st_uid == 0 || status.st_uid == ::geteuid() || owners.contains(status.st_uid);
}

PluginProblem unsafe(const std::string& path, std::string cause, std::string remedy) {
    return {problem::kUnsafe, path, std::move(cause), std::move(remedy)};
}

std::optional<PluginProblem> checkRights(const std::string& path, const struct stat& status, const Owners& owners) {
    if (!ownedByUs(status, owners))
        return unsafe(path, "belongs to another user (" + std::to_string(status.st_uid) + ")",
                      "chown it to root or to the user that the server runs as, or add that user to plugin.owners");
    if (othersMayWrite(status)) return unsafe(path, "others may write to it", "run: chmod go-w '" + path + "'");
    return std::nullopt;
}

PluginProblem closedFolder(const std::string& folder, int error) {
    return unsafe(folder, "cannot be examined: " + reason(error), "let the server's user read the folder");
}

/// The folder and all above it. In a sticky one, such as /tmp, others cannot replace what is not theirs.
std::optional<PluginProblem> checkFolders(fs::path folder, const Owners& owners) {
    for (;; folder = folder.parent_path()) {
        struct stat status {};
        if (::lstat(folder.c_str(), &status) != 0) return closedFolder(folder, errno);
        const bool sticky = (status.st_mode & S_ISVTX) != 0;
        if (auto problem = checkRights(folder, status, owners); problem && !(sticky && ownedByUs(status, owners)))
            return problem;
        if (folder == folder.root_path()) return std::nullopt;
    }
}

PluginProblem cannotOpen(const std::string& path, int error) {
    if (error == ELOOP) return unsafe(path, "is a symbolic link", "put the library itself into the plugin directory");
    return unsafe(path, "cannot be opened: " + reason(error), "let the server's user read the file");
}

tl::expected<std::string, PluginProblem> readWhole(const std::string& path, int file, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
        const auto count = ::read(file, bytes.data() + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0)
            return tl::unexpected(unsafe(path, "cannot be read whole", "install it again, as one step (mv, not cp)"));
        done += static_cast<std::size_t>(count);
    }
    return bytes;
}

/// `folder` is without symbolic links, so what was checked is what is opened.
tl::expected<PluginFile, PluginProblem> readChecked(const fs::path& folder, const std::string& filename,
                                                    const Owners& owners) {
    const std::string path = folder / filename;
    const base::FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.valid()) return tl::unexpected(closedFolder(folder, errno));
    // O_NONBLOCK: opening a named pipe would wait for a writer.
    const base::FileDescriptor file(
        ::openat(directory.get(), filename.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file.valid()) return tl::unexpected(cannotOpen(path, errno));

    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return tl::unexpected(cannotOpen(path, errno));
    if (!S_ISREG(status.st_mode))
        return tl::unexpected(unsafe(path, "is not a regular file", "put the library itself into the directory"));
    if (auto problem = checkRights(path, status, owners)) return tl::unexpected(*problem);
    if (auto problem = checkFolders(folder, owners)) return tl::unexpected(*problem);
    if (status.st_size > kLargestFile)
        return tl::unexpected(unsafe(path, "is larger than 256 MB", "strip the library (strip --strip-unneeded)"));

    auto bytes = readWhole(path, file.get(), static_cast<std::size_t>(status.st_size));
    if (!bytes) return tl::unexpected(bytes.error());
    if (auto fault = elfFault(*bytes))
        return tl::unexpected(PluginProblem{problem::kWrongMachine, path, fault->cause, fault->remedy});
    return PluginFile{path, std::move(*bytes)};
}

std::string sha256Of(std::string_view bytes) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
    return text;
}

/// Empty where it cannot be read.
std::string contentOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string places(const std::vector<std::string>& directories) {
    return directories.empty() ? "no directory at all" : base::joined(directories);
}

} // namespace

bool isPluginName(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || base::isDigit(c); };
    return !name.empty() && name.size() <= 64 && plain(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return plain(c) || c == '_' || c == '-'; });
}

tl::expected<PluginFile, PluginProblem> readPlugin(std::string_view name, const std::vector<std::string>& directories,
                                                   const std::set<uid_t>& owners) {
    const std::string filename = std::string(name) + ".so";
    if (!isPluginName(name))
        return tl::unexpected(PluginProblem{problem::kName, "'" + std::string(name) + "'", "is no plugin's name",
                                            "write the file's name without folder and ending: a-z, 0-9, _ and -"});
    for (const auto& directory : directories) {
        std::error_code error;
        const fs::path folder = fs::canonical(directory, error);
        // A dangling link counts as found, so that it is named and not passed over.
        const bool found = !error && fs::exists(fs::symlink_status(folder / filename, error));
        if (found) return readChecked(folder, filename, owners);
        // It may well be there, for all that we can see.
        if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
            return tl::unexpected(closedFolder(directory, error.value()));
    }
    return tl::unexpected(PluginProblem{problem::kMissing, filename, "is not in " + places(directories),
                                        "install the plugin there, or name its directory in plugin.directories"});
}

std::string PluginFile::sha256() const {
    return sha256Of(bytes);
}

std::optional<PluginProblem> pinFault(const std::string& subject, const std::string& pinned, const std::string& path,
                                      const std::string& sha256) {
    if (pinned.empty() || pinned == sha256) return std::nullopt;
    return PluginProblem{problem::kPin, subject + ".sha256",
                         "pins another file than " + path + ", whose sum is " + sha256,
                         "install the file that is meant, or, if this one is, write its sum there"};
}

namespace {

/// Followed by six characters.
const std::string kPrivate = "rota-copies-";

/// The folder itself, locked; none where another process has it (`held`), where it is none of ours, or where its file
/// system knows no locks.
base::FileDescriptor locked(const std::string& folder, bool& held) {
    held = false;
    base::FileDescriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    const bool ours = directory.valid() && ::fstat(directory.get(), &status) == 0 && status.st_uid == ::geteuid();
    if (ours && ::flock(directory.get(), LOCK_EX | LOCK_NB) == 0) return directory;
    held = ours && errno == EWOULDBLOCK;
    return base::FileDescriptor();
}

/// Of processes that were killed: nobody holds their locks any more.
void removeLeftovers(const fs::path& parent) {
    std::error_code error;
    for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
        const auto name = entry->path().filename().string();
        if (!name.starts_with(kPrivate) || name.size() != kPrivate.size() + 6) continue;
        std::error_code ignored;
        bool held = false;
        if (const auto lock = locked(entry->path(), held); lock.valid()) fs::remove_all(entry->path(), ignored);
    }
}

} // namespace

tl::expected<PrivateDirectory, PluginProblem> PrivateDirectory::make(const std::string& parent) {
    std::error_code ignored;
    fs::create_directories(parent, ignored);
    removeLeftovers(parent);
    for (;;) {
        std::string path = fs::absolute(parent, ignored) / (kPrivate + "XXXXXX");
        if (::mkdtemp(path.data()) == nullptr)
            return tl::unexpected(PluginProblem{problem::kStaging, parent, "takes no folder: " + reason(errno),
                                                "let the server's user write there"});
        bool held = false;
        auto lock = locked(path, held);
        // Another process that starts at the same moment may have taken it for a leftover before it was locked.
        if (!held && fs::exists(path, ignored)) return PrivateDirectory(std::move(path), std::move(lock));
    }
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::move(other.lock_)),
      copies_(other.copies_),
      stored_(std::move(other.stored_)) {}

PrivateDirectory::~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

tl::expected<std::string, PluginProblem> PrivateDirectory::store(std::string_view name, std::string_view bytes) {
    const auto key = std::string(name) + " " + sha256Of(bytes);
    if (const auto known = stored_.find(key); known != stored_.end() && contentOf(known->second) == bytes)
        return known->second;
    const std::string path = path_ + "/" + std::to_string(++copies_) + "-" + std::string(name) + ".so";
    const base::FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500));
    bool written = file.valid();
    while (written && !bytes.empty()) {
        const auto count = ::write(file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        written = count >= 0;
        if (written) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    if (!written)
        return tl::unexpected(
            PluginProblem{problem::kStaging, path, "cannot be written: " + reason(errno), "free some space there"});
    stored_[key] = path;
    return path;
}

} // namespace rota::plugin_host
