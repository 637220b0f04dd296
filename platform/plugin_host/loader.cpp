#include "plugin_host/loader.hpp"

#include "plugin_host/assembly.hpp"
#include "plugin_host/isolation/trial.hpp"

namespace rota::plugin_host {
namespace {

/// Everything of it that decides what an instance does.
std::string makingOf(const isolation::Start& start) {
    auto making = start.plugin + "\n" + start.file + "\n" + start.copy + "\n" + std::to_string(start.timeout.count());
    for (const auto& [key, value] : start.config)
        making += "\n" + key + "=" + value;
    return making;
}

} // namespace

std::shared_ptr<PluginInstance> Loader::make(const std::string& subject, std::uint32_t kind, const PluginChoice& choice,
                                             base::Milliseconds timeout) {
    const auto& [plugin, config, pinned] = choice;
    const auto* const found = find(subject, plugin, pinned);
    if (found == nullptr) return nullptr;
    const isolation::Start start{subject, subject, plugin, kind, found->path, found->copy, config, timeout, {}};
    if (!isGood(start)) return nullptr;

    const auto* const loaded = library(subject, plugin, *found);
    if (loaded == nullptr) return nullptr;
    auto instance = assemble(*loaded, subject, plugin, kind, config, clock_);
    if (!instance) {
        reportAll(subject, std::move(instance.error()));
        return nullptr;
    }
    own_.push_back(*instance);
    instances_.push_back(*instance);
    makings_[subject] = makingOf(start);
    return *std::move(instance);
}

std::shared_ptr<isolation::IsolatedChannel> Loader::isolate(const ChannelSettings& channel) {
    const auto subject = "channel." + channel.name;
    const auto* const found = find(subject, channel.plugin, channel.sha256);
    if (found == nullptr) return nullptr;
    const isolation::Start start{subject,           channel.name,    channel.plugin,
                                 ROTA_KIND_CHANNEL, found->path,     found->copy,
                                 channel.config,    channel.timeout, {}};
    auto made = isolation::IsolatedChannel::start(program_, start, channel.processes, clock_);
    if (!made) {
        reportAll(subject, std::move(made.error()));
        return nullptr;
    }
    instances_.push_back(*made);
    makings_[subject] = makingOf(start) + "\nprocesses=" + std::to_string(channel.processes);
    return *std::move(made);
}

void Loader::activate() {
    if (!problems_.empty()) return;
    for (const auto& instance : own_)
        if (auto done = instance->activate(); !done) report(std::move(done.error()));
}

void Loader::reportAll(const std::string& subject, std::vector<PluginProblem> problems) {
    for (auto& problem : problems) {
        if (!problem.subject.starts_with(subject)) problem.key = subject + ".plugin";
        report(std::move(problem));
    }
}

const Loader::Found* Loader::find(const std::string& subject, const std::string& plugin, const std::string& pinned) {
    auto known = found_.find(plugin);
    if (known == found_.end()) {
        auto copied = copyOf(plugin);
        known = found_.emplace(plugin, std::nullopt).first;
        if (copied)
            known->second = *std::move(copied);
        else
            reportAll(subject, {std::move(copied.error())});
    }
    if (!known->second) return nullptr;
    auto fault = pinFault(subject, pinned, known->second->path, known->second->sha256);
    if (!fault) return &*known->second;
    report(*std::move(fault));
    return nullptr;
}

tl::expected<Loader::Found, PluginProblem> Loader::copyOf(const std::string& plugin) {
    auto file = readPlugin(plugin, settings_.directories, settings_.owners);
    if (!file) return tl::unexpected(file.error());
    return copies_.store(plugin, file->bytes).map([&](const std::string& copy) {
        return Found{file->path, copy, file->sha256()};
    });
}

const Library* Loader::library(const std::string& subject, const std::string& plugin, const Found& found) {
    auto known = libraries_.find(plugin);
    if (known == libraries_.end()) {
        auto opened = Library::open(found.path, found.copy);
        known = libraries_.emplace(plugin, std::nullopt).first;
        if (opened)
            known->second = *std::move(opened);
        else
            reportAll(subject, {std::move(opened.error())});
    }
    return known->second ? &*known->second : nullptr;
}

bool Loader::isGood(const isolation::Start& start) {
    const auto making = start.subject + "\n" + makingOf(start);
    if (tried_.contains(making)) return true;
    auto problems = isolation::tryInProcess(program_, start, clock_);
    if (problems.empty()) tried_.insert(making);
    const bool good = problems.empty();
    reportAll(start.subject, std::move(problems));
    return good;
}

} // namespace rota::plugin_host
