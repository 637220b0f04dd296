#pragma once

#include "ctl/conform/fake_host.hpp"
#include "ctl/conform/fixtures.hpp"
#include "plugin_host/abi.hpp"
#include "plugin_host/config_schema.hpp"
#include "plugin_host/library.hpp"

#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

namespace rota::ctl::conform {

/// What a check found wrong.
class Broken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Why a check has nothing to do with this plugin.
class NotConcerned : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline void require(bool holds, const std::string& otherwise) {
    if (!holds) throw Broken(otherwise);
}

/// A struct of the contract, with memory behind it that nobody may touch.
template <class T>
class Guarded {
public:
    Guarded() {
        std::memset(behind_, kMark, sizeof behind_);
        value.struct_size = sizeof value;
    }
    /// Throws Broken where something was written behind the struct.
    void check(const std::string& name) const {
        for (const unsigned char byte : behind_)
            require(byte == kMark, "writes behind the end of a " + name);
    }

    T value{};

private:
    static constexpr unsigned char kMark = 0xA5;
    unsigned char behind_[256];
};

/// The plugin that is checked, loaded in this process.
struct Subject {
    const rota_entry& entry;
    plugin_host::PluginType type;
    const plugin_host::PluginFile& file;
    const Fixtures& fixtures;

    const rota_descriptor& descriptor() const { return *type.descriptor; }
    bool has(std::uint64_t flag) const { return (descriptor().flags & flag) != 0; }

    /// The configuration of the fixtures, as the host would hand it over. Throws Broken where it is refused.
    plugin_host::CheckedConfig config() const;
    plugin_host::Permissions permissions(const plugin_host::CheckedConfig& config) const;
};

/// An instance, from create to destroy, on a host of its own. Throws Broken where it cannot be made.
class Instance {
public:
    /// `edges`: as FakeHost; the configuration lies there too.
    explicit Instance(const Subject& subject, Edges* edges = nullptr);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    rota_instance* raw() const { return raw_; }
    FakeHost& host() { return *host_; }

    /// Throws Broken where there is none of that id, or a shorter one than that of 1.0, which is all that there is yet.
    template <class Interface>
    const Interface& interface(const char* id) const {
        const auto* table = static_cast<const Interface*>(raw_->get_interface(raw_, id));
        require(table != nullptr, std::string("gives no interface ") + id);
        require(table->struct_size >= sizeof(Interface), std::string("its table of ") + id + " is too short");
        return *table;
    }

private:
    std::unique_ptr<FakeHost> host_;
    rota_instance* raw_ = nullptr;
};

/// Creates and configures by hand: what became of it, and the instance's end. The error is checked.
struct Configured {
    rota_status status;
    std::string key; ///< of the error's config_pointer, without the slash
    std::string message;
};
Configured configure(const Subject& subject, const std::string& json, FakeHost& host);

/// "RATE_LIMITED (101)"
std::string named(rota_status status);

/// What every error must keep to: texts that end within their arrays and are UTF-8.
void checkError(const Guarded<rota_error>& error);

} // namespace rota::ctl::conform
