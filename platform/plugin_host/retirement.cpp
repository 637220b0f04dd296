#include "plugin_host/retirement.hpp"

#include "base/log.hpp"

#include <chrono>
#include <future>

namespace rota::plugin_host {
namespace {

/// A process that hangs is killed before; what takes longer in this one may never come back.
constexpr std::chrono::seconds kLong{10};

std::string namesOf(const std::vector<InstanceInfo>& instances) {
    std::string names;
    for (const auto& instance : instances)
        names.append(names.empty() ? "" : ", ").append(instance.name);
    return names;
}

} // namespace

Retirement::Retirement() : thread_([this] { run(); }) {}

Retirement::~Retirement() {
    stop();
}

void Retirement::add(std::vector<InstanceInfo> instances, std::function<void()> end) {
    {
        const std::scoped_lock lock(mutex_);
        if (!stopping_) {
            waiting_.push_back({std::move(instances), std::move(end)});
            changed_.notify_all();
            return;
        }
    }
    end();
}

std::vector<InstanceInfo> Retirement::ending() const {
    const std::scoped_lock lock(mutex_);
    std::vector<InstanceInfo> all;
    for (const auto& ending : waiting_)
        all.insert(all.end(), ending.instances.begin(), ending.instances.end());
    return all;
}

void Retirement::stop() {
    std::thread ended;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        ended.swap(thread_);
    }
    changed_.notify_all();
    if (ended.joinable()) ended.join();
}

void Retirement::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto& [instances, end] = waiting_.front(); // stays where it is when others are added
        lock.unlock();
        const auto done = std::async(std::launch::async, end);
        if (done.wait_for(kLong) == std::future_status::timeout)
            base::log::warning("plugins do not come to an end; others wait behind them to be ended",
                               {{"instances", namesOf(instances)}});
        done.wait();
        lock.lock();
        waiting_.pop_front();
    }
}

} // namespace rota::plugin_host
