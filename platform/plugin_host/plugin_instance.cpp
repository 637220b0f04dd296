#include "plugin_host/plugin_instance.hpp"

#include "app/ports/availability_policy.hpp"
#include "plugin_host/abi.hpp"

namespace rota::plugin_host {
namespace {

/// Many calls of a policy that takes some milliseconds, and no longer than somebody who books would wait.
constexpr std::chrono::seconds kQuickTurn{5};

/// A plugin may fill only some of the functions in; the host calls them all.
bool isWhole(const rota_instance* instance) {
    return instance != nullptr && ROTA_HAS(instance, rota_instance, get_interface) && instance->configure != nullptr &&
           instance->activate != nullptr && instance->deactivate != nullptr && instance->destroy != nullptr &&
           instance->get_interface != nullptr;
}

} // namespace

PluginInstance::PluginInstance(std::string subject, std::string file, const rota_descriptor& descriptor,
                               Permissions permissions, const base::Clock& clock)
    : services_(std::move(subject), std::move(permissions), clock), file_(std::move(file)), descriptor_(descriptor) {}

PluginInstance::~PluginInstance() {
    if (active_) raw_->deactivate(raw_);
    if (raw_ != nullptr) raw_->destroy(raw_);
}

tl::expected<std::shared_ptr<PluginInstance>, PluginProblem>
PluginInstance::make(std::string subject, const Library& library, const PluginType& type, const CheckedConfig& config,
                     const base::Clock& clock) {
    Permissions permissions{config.secretReferences, allowedHosts(type.descriptor->http_hosts, config.urls),
                            config.texts};
    std::shared_ptr<PluginInstance> instance(
        new PluginInstance(std::move(subject), library.path(), *type.descriptor, std::move(permissions), clock));
    if (auto made = instance->create(library.entry(), type.index); !made) return tl::unexpected(made.error());
    if (auto done = instance->configure(config.json); !done) return tl::unexpected(done.error());
    return instance;
}

tl::expected<void, PluginProblem> PluginInstance::create(const rota_entry& entry, std::uint32_t index) {
    auto error = sized<rota_error>();
    rota_instance* made = nullptr;
    const auto status = entry.create(index, services_.abi(), &made, &error);
    if (status != ROTA_OK) return tl::unexpected(refused(problem::kCreate, "cannot be created", status, error));
    if (!isWhole(made)) {
        copyText(error.message, "it gives no whole instance");
        return tl::unexpected(refused(problem::kCreate, "cannot be created", ROTA_INTERNAL, error));
    }
    raw_ = made;
    return {};
}

tl::expected<void, PluginProblem> PluginInstance::configure(const std::string& json) {
    auto error = sized<rota_error>();
    const auto status = raw_->configure(raw_, borrowed(json), &error);
    if (status == ROTA_OK) return {};
    auto problem = refused(problem::kConfigure, "refuses its configuration", status, error);
    if (const auto pointer = text(error.config_pointer); pointer.starts_with('/'))
        problem.subject += ".config." + services_.redacted(pointer.substr(1));
    return tl::unexpected(std::move(problem));
}

tl::expected<void, PluginProblem> PluginInstance::activate() {
    auto error = sized<rota_error>();
    const auto status = raw_->activate(raw_, &error);
    if (status != ROTA_OK) return tl::unexpected(refused(problem::kActivate, "cannot be activated", status, error));
    active_ = true;
    return {};
}

std::optional<PluginInstance::Turn> PluginInstance::turn(base::Milliseconds patience) const {
    if (has(ROTA_FLAG_REENTRANT)) return anyTime();
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, patience, [this] { return !taken_; })) return std::nullopt;
    taken_ = Steady::now();
    return Turn(this, meter_);
}

void PluginInstance::release() const {
    {
        const std::scoped_lock lock(mutex_);
        taken_.reset();
    }
    free_.notify_one();
}

PluginInstance::Turn PluginInstance::quickTurn() const {
    if (auto its = turn(kQuickTurn)) return *std::move(its);
    throw app::PolicyError(subject() + ": does not come back from an earlier call");
}

PluginInstance::Turn PluginInstance::anyTime() const {
    return {nullptr, meter_};
}

base::Milliseconds PluginInstance::underWay() const {
    const std::scoped_lock lock(mutex_);
    if (!taken_) return base::Milliseconds{0};
    return std::chrono::duration_cast<base::Milliseconds>(Steady::now() - *taken_);
}

InstanceInfo PluginInstance::info() const {
    InstanceInfo info;
    info.name = subject();
    info.plugin = descriptor_.id;
    info.version = descriptor_.version;
    info.file = file_;
    info.calls = meter_.read();
    return info;
}

PluginProblem PluginInstance::refused(std::string_view code, std::string_view what, rota_status status,
                                      const rota_error& error) const {
    return {code, subject(), std::string(what) + ": " + describe(*this, status, error),
            "see the documentation of the plugin '" + std::string(descriptor_.id) + "'"};
}

std::string describe(const PluginInstance& instance, rota_status status, const rota_error& error) {
    std::string line(nameOf(status));
    if (const auto code = text(error.provider_code); !code.empty()) line.append(" ").append(code);
    if (const auto message = text(error.message); !message.empty()) line.append(": ").append(message);
    return instance.services().redacted(line);
}

} // namespace rota::plugin_host
