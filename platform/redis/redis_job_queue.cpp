#include "redis/redis_job_queue.hpp"

#include "app/ports/errors.hpp"
#include "base/limits.hpp"
#include "redis/connection_pool.hpp"
#include "redis/subscriber.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <mutex>
#include <random>

namespace rota::redis {
namespace {

using app::QueueError;
using base::Instant;
using base::JobId;
using Words = std::vector<std::string>;

/// Ids in one script call: Redis answers nobody else while it runs, some 2 ms for so many.
constexpr std::size_t kIdsAtOnce = base::limits::kRebuildBatch;

std::string text(Instant instant) {
    return std::to_string(base::toUnixMs(instant));
}

long long number(const std::string& word) {
    long long value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size())
        throw QueueError("Redis: the queue holds something that is not a job");
    return value;
}

void append(Words& words, std::span<const JobId> ids) {
    for (const JobId id : ids)
        words.push_back(std::to_string(id.value));
}

void append(Words& words, std::span<const app::QueuedJob> jobs) {
    for (const auto& job : jobs) {
        words.push_back(text(job.runAt));
        words.push_back(std::to_string(job.id.value));
    }
}

template <class Item, class Work>
void inBatches(std::span<const Item> items, const Work& work) {
    for (; !items.empty(); items = items.subspan(std::min(items.size(), kIdsAtOnce)))
        work(items.first(std::min(items.size(), kIdsAtOnce)));
}

/// hiredis writes without MSG_NOSIGNAL: a server that goes away would end the process.
void ignoreBrokenPipes() {
    struct sigaction current {};
    if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
}

/// Unlike every other rebuild's, whichever process began it.
std::string newToken() {
    std::random_device random;
    std::string token;
    for (int i = 0; i < 4; ++i)
        token += std::to_string(random());
    return token;
}

} // namespace

class RedisJobQueue::Impl {
public:
    explicit Impl(const RedisSettings& settings)
        : endpoint(parseRedisUrl(settings.url)),
          pool(endpoint),
          hashTag("{" + settings.keyPrefix + ":0}:"),
          due(hashTag + "due"),
          lease(hashTag + "lease"),
          epoch(hashTag + "epoch"),
          building(hashTag + "building"),
          wake(hashTag + "wake") {}

    Reply run(std::string_view script, const Words& keys, const Words& arguments) {
        return pool.with([&](Connection& connection) { return connection.script(script, keys, arguments); });
    }

    /// With the run id of the very server that answers as the first argument. Asking for it inside the script would
    /// cost every claim an INFO; but a connection ends with its server, so what it said at the connect still holds.
    Reply runWithServer(std::string_view script, const Words& keys, const Words& arguments) {
        return pool.with([&](Connection& connection) {
            Words all{connection.runId()};
            all.insert(all.end(), arguments.begin(), arguments.end());
            return connection.script(script, keys, all);
        });
    }

    const Endpoint endpoint;
    ConnectionPool pool;
    /// In braces, so that a cluster keeps a queue's keys on one node, where scripts can reach them all.
    const std::string hashTag;
    const std::string due, lease, epoch, building, wake;

    std::mutex subscriberMutex;
    std::unique_ptr<Subscriber> subscriber;
};

RedisJobQueue::RedisJobQueue(const RedisSettings& settings) {
    ignoreBrokenPipes();
    impl_ = std::make_unique<Impl>(settings);
}

RedisJobQueue::~RedisJobQueue() = default;

void RedisJobQueue::add(std::span<const app::QueuedJob> jobs) {
    inBatches(jobs, [&](std::span<const app::QueuedJob> batch) {
        Words arguments{impl_->wake};
        append(arguments, batch);
        impl_->run("add.lua", {impl_->due, impl_->lease}, arguments);
    });
}

void RedisJobQueue::cancel(std::span<const JobId> ids) {
    inBatches(ids, [&](std::span<const JobId> batch) {
        Words arguments;
        append(arguments, batch);
        impl_->run("cancel.lua", {impl_->due, impl_->lease}, arguments);
    });
}

app::JobQueue::Claim RedisJobQueue::claim(std::size_t most, Instant now, Instant leaseUntil) {
    const auto reply = impl_->runWithServer("claim.lua", {impl_->due, impl_->lease, impl_->epoch},
                                            {std::to_string(most), text(now), text(leaseUntil)});
    const auto& elements = reply.elements;
    if (elements.empty()) throw QueueError("Redis: claim answered nothing");
    if (elements[0].text == "rebuild") return NeedsRebuild{};
    if (elements[0].text == "next")
        return elements.size() > 1 ? NothingDue{base::fromUnixMs(number(elements[1].text))} : NothingDue{};

    Due due;
    due.ids.reserve(elements.size() - 1);
    for (std::size_t i = 1; i < elements.size(); ++i)
        due.ids.push_back(JobId{number(elements[i].text)});
    return due;
}

void RedisJobQueue::ack(std::span<const JobId> ids) {
    inBatches(ids, [&](std::span<const JobId> batch) {
        Words arguments;
        append(arguments, batch);
        impl_->run("ack.lua", {impl_->lease}, arguments);
    });
}

void RedisJobQueue::retry(std::span<const app::QueuedJob> jobs) {
    inBatches(jobs, [&](std::span<const app::QueuedJob> batch) {
        Words arguments{impl_->wake};
        append(arguments, batch);
        impl_->run("retry.lua", {impl_->due, impl_->lease}, arguments);
    });
}

void RedisJobQueue::extend(std::span<const JobId> ids, Instant leaseUntil) {
    inBatches(ids, [&](std::span<const JobId> batch) {
        Words arguments{text(leaseUntil)};
        append(arguments, batch);
        impl_->run("extend.lua", {impl_->lease}, arguments);
    });
}

std::size_t RedisJobQueue::reap(Instant now) {
    std::size_t total = 0;
    for (;;) {
        const auto reply =
            impl_->run("reap.lua", {impl_->due, impl_->lease}, {impl_->wake, text(now), std::to_string(kIdsAtOnce)});
        const auto reaped = static_cast<std::size_t>(reply.integer);
        total += reaped;
        if (reaped < kIdsAtOnce) return total;
    }
}

std::string RedisJobQueue::beginRebuild() {
    const auto token = newToken();
    impl_->runWithServer("begin_rebuild.lua", {impl_->building}, {token});
    return token;
}

bool RedisJobQueue::rebuildChunk(const std::string& token, std::span<const app::QueuedJob> jobs) {
    const auto addBatch = [&](std::span<const app::QueuedJob> batch) {
        Words arguments{token};
        append(arguments, batch);
        const auto reply =
            impl_->runWithServer("rebuild_chunk.lua", {impl_->due, impl_->lease, impl_->building}, arguments);
        return reply.integer == 1;
    };
    // An empty chunk adds nothing, and still tells whether the rebuild is the one under way.
    if (jobs.empty()) return addBatch(jobs);
    bool underWay = true;
    inBatches(jobs, [&](std::span<const app::QueuedJob> batch) { underWay = underWay && addBatch(batch); });
    return underWay;
}

bool RedisJobQueue::finishRebuild(const std::string& token) {
    const auto reply =
        impl_->runWithServer("finish_rebuild.lua", {impl_->epoch, impl_->building}, {token, impl_->wake});
    return reply.integer == 1;
}

void RedisJobQueue::onWake(std::function<void()> wake) {
    const std::lock_guard lock(impl_->subscriberMutex);
    impl_->subscriber.reset();
    if (wake) impl_->subscriber = std::make_unique<Subscriber>(impl_->endpoint, impl_->wake, std::move(wake));
}

void RedisJobQueue::ping() {
    impl_->pool.with([](Connection& connection) { return connection.command({"PING"}); });
}

} // namespace rota::redis
