#include "ctl/conform/checks.hpp"
#include "plugin_host/elf.hpp"

#include <algorithm>

namespace rota::ctl::conform {
namespace {

constexpr const char* kEntry = "rota_plugin_entry";

void exportsTheEntryAlone(const Subject& subject) {
    // What older linkers export of every library.
    const std::vector<std::string> linkers{kEntry, "_init", "_fini", "_edata", "_end", "__bss_start"};
    std::string others;
    for (const auto& name : plugin_host::exportedSymbols(subject.file.bytes))
        if (std::ranges::find(linkers, name) == linkers.end()) others += " " + name;
    if (others.size() > 300) others = others.substr(0, 300) + " …";
    require(others.empty(), "exports more than rota_plugin_entry; link it with rota/plugin.map:" + others);
}

void refusesUnknownIndexes(const Subject& subject) {
    const auto count = subject.entry.count();
    require(count > 0, "holds no plugin");
    for (const auto index : {count, count + 7, UINT32_MAX}) {
        require(subject.entry.describe(index) == nullptr, "describes a plugin of an index that it does not have");
        FakeHost host({}, {});
        Guarded<rota_error> error;
        rota_instance* made = nullptr;
        const auto status = subject.entry.create(index, host.abi(), &made, &error.value);
        checkError(error);
        require(status == ROTA_UNSUPPORTED && made == nullptr,
                "answers " + named(status) + " to create of an index that it does not have; it must be UNSUPPORTED");
    }
}

void describesItself(const Subject& subject) {
    for (std::uint32_t i = 0; i < subject.entry.count(); ++i) {
        const auto* first = subject.entry.describe(i);
        require(first != nullptr, "does not describe plugin " + std::to_string(i));
        require(first == subject.entry.describe(i), "describes a plugin in another place each time");
        require(plugin_host::isPluginName(first->id), "has an id that is no file's name");
        require(first->version[0] != '\0' && first->name[0] != '\0', "has no name or no version");
        require(first->kind >= ROTA_KIND_CHANNEL && first->kind <= ROTA_KIND_WAITLIST, "is of no known kind");
    }
}

} // namespace

std::vector<Check> libraryChecks() {
    return {{"exports rota_plugin_entry and nothing else", &exportsTheEntryAlone},
            {"describes itself, always in the same way", &describesItself},
            {"refuses to make what it does not hold", &refusesUnknownIndexes}};
}

} // namespace rota::ctl::conform
