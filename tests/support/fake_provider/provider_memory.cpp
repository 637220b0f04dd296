#include "support/fake_provider/provider_memory.hpp"

namespace rota::testing {

void ProviderMemory::behave(const std::string& provider, const Behaviour& behaviour) {
    const std::scoped_lock lock(mutex_);
    behaviours_[provider] = behaviour;
}

Behaviour ProviderMemory::next(const std::string& provider) {
    const std::scoped_lock lock(mutex_);
    ++requests_[provider];
    auto& stored = behaviours_[provider];
    const Behaviour now = stored;
    if (stored.times > 0 && --stored.times == 0) stored = Behaviour{};
    return now;
}

Behaviour ProviderMemory::coming(const std::string& provider) const {
    const std::scoped_lock lock(mutex_);
    const auto found = behaviours_.find(provider);
    return found == behaviours_.end() ? Behaviour{} : found->second;
}

std::string ProviderMemory::take(Taken message, const std::string& prefix, std::size_t length) {
    const std::scoped_lock lock(mutex_);
    const std::string number = std::to_string(taken_.size() + 1);
    const auto digits = length - prefix.size();
    message.id = prefix + std::string(digits - std::min(digits, number.size()), '0') + number;
    message.at = std::chrono::system_clock::now();
    status_[message.id] = "queued";
    taken_.push_back(message);
    return message.id;
}

std::vector<Taken> ProviderMemory::taken(const std::string& provider) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Taken> matching;
    for (const auto& message : taken_)
        if (provider.empty() || message.provider == provider) matching.push_back(message);
    return matching;
}

void ProviderMemory::setStatus(const std::string& id, const std::string& status) {
    const std::scoped_lock lock(mutex_);
    status_[id] = status;
}

std::string ProviderMemory::status(const std::string& id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = status_.find(id);
    return found == status_.end() ? "" : found->second;
}

nlohmann::json ProviderMemory::summary(const std::string& provider) const {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, std::size_t> counts;
    std::size_t accepted = 0;
    for (const auto& message : taken_) {
        if (!provider.empty() && message.provider != provider) continue;
        ++accepted;
        ++counts[message.deliveryId];
    }
    nlohmann::json duplicates = nlohmann::json::object();
    for (const auto& [id, count] : counts)
        if (count > 1) duplicates[id] = count;
    std::size_t requests = 0;
    for (const auto& [name, count] : requests_)
        if (provider.empty() || name == provider) requests += count;
    return {{"accepted", accepted}, {"distinct", counts.size()}, {"duplicates", duplicates}, {"requests", requests}};
}

void ProviderMemory::forget() {
    const std::scoped_lock lock(mutex_);
    behaviours_.clear();
    requests_.clear();
    taken_.clear();
    status_.clear();
}

} // namespace rota::testing
