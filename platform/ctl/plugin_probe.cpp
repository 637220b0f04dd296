#include "ctl/plugin_probe.hpp"

#include "ctl/child.hpp"
#include "plugin_host/config_schema.hpp"
#include "plugin_host/library.hpp"

#include <filesystem>
#include <sstream>

namespace rota::ctl {
namespace {

using nlohmann::json;
using Named = std::vector<std::pair<std::uint64_t, const char*>>;

/// Constructors of a library, and count and describe, do nothing that takes longer.
constexpr std::chrono::seconds kLimit{10};

json namesOf(std::uint64_t bits, const Named& known) {
    json names = json::array();
    for (const auto& [bit, name] : known)
        if ((bits & bit) != 0) names.push_back(name);
    return names;
}

json words(const char* text) {
    json list = json::array();
    std::istringstream stream(text);
    for (std::string word; stream >> word;)
        list.push_back(word);
    return list;
}

json describe(const rota_descriptor& plugin) {
    const auto schema = json::parse(plugin.config_schema, nullptr, false);
    json described{{"kind", nameOfKind(plugin.kind)},
                   {"id", plugin.id},
                   {"name", plugin.name},
                   {"version", plugin.version},
                   {"vendor", plugin.vendor},
                   {"license", plugin.license},
                   {"flags", namesOf(plugin.flags, {{ROTA_FLAG_REENTRANT, "reentrant"},
                                                    {ROTA_FLAG_EMAIL, "email"},
                                                    {ROTA_FLAG_SMS, "sms"},
                                                    {ROTA_FLAG_IDEMPOTENT, "idempotent"}})},
                   {"data_needs", namesOf(plugin.data_needs, {{ROTA_DATA_ADDRESS, "address"},
                                                              {ROTA_DATA_NAME, "name"},
                                                              {ROTA_DATA_CONTENT, "content"}})},
                   {"http_hosts", words(plugin.http_hosts)},
                   {"config_schema", schema.is_discarded() ? json(plugin.config_schema) : schema}};
    if (const auto parsed = plugin_host::ConfigSchema::parse(plugin.config_schema); !parsed)
        described["schema_fault"] = parsed.error();
    return described;
}

json describe(const plugin_host::Library& library, const std::string& sha256) {
    const auto& entry = library.entry();
    json described{{"file", library.path()},
                   {"sha256", sha256},
                   {"abi", std::to_string(entry.abi_major) + "." + std::to_string(entry.abi_minor)},
                   {"min_host_minor", entry.min_host_minor},
                   {"build", entry.build == nullptr ? "" : entry.build},
                   {"plugins", json::array()}};
    for (const auto& type : library.all())
        described["plugins"].push_back(describe(*type.descriptor));
    return described;
}

std::string look(const PluginReference& plugin, plugin_host::PrivateDirectory& copies) {
    const auto file = plugin.read();
    if (!file) return json{{"problem", file.error().text()}}.dump();
    const auto library = plugin_host::Library::load(plugin.name, *file, copies);
    if (!library) return json{{"problem", library.error().text()}}.dump();
    return describe(*library, file->sha256()).dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string nameOfKind(std::uint32_t kind) {
    switch (kind) {
    case ROTA_KIND_CHANNEL: return "channel";
    case ROTA_KIND_AVAILABILITY: return "availability";
    case ROTA_KIND_WAITLIST: return "waitlist";
    default: return "kind " + std::to_string(kind);
    }
}

Probe probe(const PluginReference& plugin) {
    auto copies = plugin_host::PrivateDirectory::make(std::filesystem::temp_directory_path());
    if (!copies) throw Stop(kUnreachable, copies.error().text());
    const auto end = inChild([&] { return look(plugin, *copies); }, kLimit);
    if (!end.good()) return {{}, plugin.name + ".so: while it was loaded it " + end.fault};
    auto description = json::parse(end.answer);
    if (description.contains("problem")) return {{}, description["problem"]};
    Probe found{std::move(description), ""};
    if (found.description["plugins"].empty()) found.problem = plugin.name + ".so: describes no plugin as a whole";
    for (const auto& one : found.description["plugins"])
        if (one.contains("schema_fault"))
            found.problem = found.description["file"].get<std::string>() +
                            ": its configuration schema is not supported: " + one["schema_fault"].get<std::string>();
    return found;
}

} // namespace rota::ctl
