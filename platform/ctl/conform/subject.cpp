#include "ctl/conform/subject.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace rota::ctl::conform {
namespace {

template <std::size_t N>
void checkText(const char (&array)[N], const std::string& name) {
    const auto length = ::strnlen(array, N);
    require(length < N, "does not end the " + name + " with a zero");
    require(base::fromUtf8(std::string_view(array, length)).has_value(), "the " + name + " is not UTF-8");
}

/// The functions that the host calls without asking.
void checkWhole(const rota_instance* instance) {
    require(instance != nullptr, "create says OK and gives no instance");
    require(ROTA_HAS(instance, rota_instance, get_interface), "the instance's struct_size is too small");
    require(instance->configure != nullptr && instance->activate != nullptr && instance->deactivate != nullptr &&
                instance->destroy != nullptr && instance->get_interface != nullptr,
            "the instance lacks a function");
}

rota_instance* createdBy(const Subject& subject, const FakeHost& host) {
    Guarded<rota_error> error;
    rota_instance* made = nullptr;
    const auto status = subject.entry.create(subject.type.index, host.abi(), &made, &error.value);
    checkError(error);
    require(status == ROTA_OK, "create answers " + named(status) + ": " + error.value.message);
    checkWhole(made);
    return made;
}

} // namespace

plugin_host::CheckedConfig Subject::config() const {
    const auto schema = plugin_host::ConfigSchema::parse(descriptor().config_schema);
    require(schema.has_value(), "its configuration schema is not supported: " + (schema ? "" : schema.error()));
    auto checked = schema->check(fixtures.config);
    if (checked) return *std::move(checked);
    std::string faults;
    for (const auto& fault : checked.error())
        faults += "\n" + fault.key + ": " + fault.cause + ": " + fault.remedy;
    throw Broken(
        "the configuration that it is to be checked with does not fit its schema (--config and --fixtures give "
        "another):" +
        faults);
}

plugin_host::Permissions Subject::permissions(const plugin_host::CheckedConfig& config) const {
    return {config.secretReferences, plugin_host::allowedHosts(descriptor().http_hosts, config.urls)};
}

Instance::Instance(const Subject& subject, Edges* edges) {
    const auto config = subject.config();
    host_ = std::make_unique<FakeHost>(subject.permissions(config), subject.fixtures.secrets, edges);
    raw_ = createdBy(subject, *host_);
    Guarded<rota_error> error;
    const auto json = edges == nullptr ? plugin_host::borrowed(config.json) : edges->text(config.json);
    auto status = raw_->configure(raw_, json, &error.value);
    if (status == ROTA_OK) status = raw_->activate(raw_, &error.value);
    checkError(error);
    if (status == ROTA_OK) return;
    const std::string why = named(status) + " " + error.value.config_pointer + ": " + error.value.message;
    raw_->destroy(raw_);
    throw Broken(
        "does not take the configuration that it is to be checked with (--config and --fixtures give another): " + why);
}

Instance::~Instance() {
    raw_->deactivate(raw_);
    raw_->destroy(raw_);
}

Configured configure(const Subject& subject, const std::string& json, FakeHost& host) {
    auto* const made = createdBy(subject, host);
    Guarded<rota_error> error;
    const auto status = made->configure(made, plugin_host::borrowed(json), &error.value);
    checkError(error);
    made->destroy(made);
    const std::string pointer = plugin_host::text(error.value.config_pointer);
    return {status, pointer.starts_with('/') ? pointer.substr(1) : pointer, plugin_host::text(error.value.message)};
}

std::string named(rota_status status) {
    return std::string(plugin_host::nameOf(status)) + " (" + std::to_string(status) + ")";
}

void checkError(const Guarded<rota_error>& error) {
    error.check("rota_error");
    checkText(error.value.message, "error's message");
    checkText(error.value.provider_code, "error's provider_code");
    checkText(error.value.config_pointer, "error's config_pointer");
}

} // namespace rota::ctl::conform
