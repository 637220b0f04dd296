#pragma once

#include "plugin_host/call_meter.hpp"
#include "plugin_host/config_schema.hpp"
#include "plugin_host/host_services.hpp"
#include "plugin_host/hosted.hpp"
#include "plugin_host/library.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace rota::plugin_host {

using Steady = std::chrono::steady_clock;

/// One configured use of a plugin, from create to destroy. Whoever holds it may call it: the last to let go of it
/// deactivates and destroys it.
class PluginInstance final : public Hosted {
public:
    /// `subject` is how the configuration names it ("channel.console"). Creates and configures; calls may come only
    /// after `activate`.
    static tl::expected<std::shared_ptr<PluginInstance>, PluginProblem>
    make(std::string subject, const Library& library, const PluginType& type, const CheckedConfig& config,
         const base::Clock& clock);
    ~PluginInstance() override;
    PluginInstance(const PluginInstance&) = delete;
    PluginInstance& operator=(const PluginInstance&) = delete;

    tl::expected<void, PluginProblem> activate();

    /// Its function table, of at least `smallest` bytes, or null.
    template <class Interface>
    const Interface* interface(const char* id, std::size_t smallest) const {
        const auto* table = static_cast<const Interface*>(raw_->get_interface(raw_, id));
        return table != nullptr && table->struct_size >= smallest ? table : nullptr;
    }

    /// To be held during a call, which it counts.
    class Turn {
    public:
        /// Passes the call's result on.
        rota_status ended(rota_status status) const {
            meter_->record(Steady::now() - begin_, status != ROTA_OK);
            return status;
        }

    private:
        friend class PluginInstance;
        struct Release {
            void operator()(const PluginInstance* of) const { of->release(); }
        };
        Turn(const PluginInstance* taken, CallMeter& meter) : taken_(taken), meter_(&meter), begin_(Steady::now()) {}

        std::unique_ptr<const PluginInstance, Release> taken_; ///< none where others may call beside this one
        CallMeter* meter_;
        Steady::time_point begin_;
    };
    /// For a [worker] call: waits until no other is under way, unless the plugin is re-entrant. None where that takes
    /// longer.
    std::optional<Turn> turn(base::Milliseconds patience) const;
    /// The same of a policy or strategy, which answers at once: where one call does not come back, those behind it
    /// throw app::PolicyError rather than queue up for ever.
    Turn quickTurn() const;
    /// For a [thread-safe] call.
    Turn anyTime() const;
    /// For how long the call has been under way that others wait for; zero where there is none.
    base::Milliseconds underWay() const;

    InstanceInfo info() const override;
    std::map<std::string, double> counters() const override { return services_.counters(); }

    rota_instance* raw() const { return raw_; }
    const rota_descriptor& descriptor() const { return descriptor_; }
    const std::string& subject() const { return services_.instance(); }
    const std::string& file() const { return file_; }
    const HostServices& services() const { return services_; }
    bool has(std::uint64_t flag) const { return (descriptor_.flags & flag) != 0; }
    bool needs(std::uint64_t data) const { return (descriptor_.data_needs & data) != 0; }

private:
    PluginInstance(std::string subject, std::string file, const rota_descriptor& descriptor, Permissions permissions,
                   const base::Clock& clock);
    void release() const;
    tl::expected<void, PluginProblem> create(const rota_entry& entry, std::uint32_t index);
    tl::expected<void, PluginProblem> configure(const std::string& json);
    PluginProblem refused(std::string_view code, std::string_view what, rota_status status,
                          const rota_error& error) const;

    HostServices services_; // first: the plugin uses it until destroy
    std::string file_;
    const rota_descriptor& descriptor_;
    rota_instance* raw_ = nullptr;
    bool active_ = false;

    mutable std::mutex mutex_; ///< of what follows
    mutable std::condition_variable free_;
    mutable std::optional<Steady::time_point> taken_; ///< since when a call is under way
    mutable CallMeter meter_;
};

/// The error of a call as one line: "AUTH 21610: key refused", without secrets.
std::string describe(const PluginInstance& instance, rota_status status, const rota_error& error);

} // namespace rota::plugin_host
