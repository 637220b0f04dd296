#include "plugin_host/isolation/child.hpp"

#include "plugin_host/assembly.hpp"
#include "plugin_host/isolation/values.hpp"
#include "plugin_host/plugin_channel.hpp"
#include "plugin_host/plugin_policy.hpp"
#include "plugin_host/plugin_strategy.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace rota::plugin_host::isolation {
namespace {

/// A plugin that leaks ends itself, and not a server that has half a gigabyte with all its plugins.
constexpr rlim_t kMemory = rlim_t{384} << 20;
/// Of each thread. They count as a whole, used or not, and there may be one more for each: libcurl looks names up on
/// threads of its own. Most of the memory is left to the plugin.
constexpr std::size_t kStack = std::size_t{1} << 20;
static_assert(2 * (kReentrantCalls + kCallbacks) * kStack < kMemory / 2);
constexpr rlim_t kOpenFiles = 256;

void limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    ::setrlimit(resource, &both);
}

void restrictOurselves() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // A core dump would hold messages and keys.
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, kOpenFiles);
    pthread_attr_t attributes;
    if (::pthread_getattr_default_np(&attributes) == 0) {
        ::pthread_attr_setstacksize(&attributes, kStack);
        ::pthread_setattr_default_np(&attributes);
        ::pthread_attr_destroy(&attributes);
    }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // their shadow alone takes terabytes
    limit(RLIMIT_DATA, kMemory);
#endif
}

/// The server's, which a test may have shifted. Set with every call.
class ServersClock final : public base::Clock {
public:
    base::Instant now() const override { return own_.now() + base::Milliseconds{ahead_.load()}; }
    void set(base::Instant now) { ahead_ = (now - own_.now()).count(); }

private:
    base::SystemClock own_;
    std::atomic<std::int64_t> ahead_{0};
};

/// Secrets, asked of the server when a plugin wants one and kept nowhere.
class Secrets {
public:
    explicit Secrets(FrameSocket& socket) : socket_(socket) {}

    tl::expected<std::string, SecretFault> ask(const std::string& reference) {
        std::future<std::string> answer;
        std::uint64_t id = 0;
        {
            const std::scoped_lock lock(mutex_);
            id = ++last_;
            answer = asked_[id].get_future();
        }
        socket_.send({FrameType::AskSecret, id, reference});
        return unpackSecret(answer.get());
    }
    void answered(const Frame& frame) {
        const std::scoped_lock lock(mutex_);
        const auto asked = asked_.find(frame.id);
        if (asked == asked_.end()) return;
        asked->second.set_value(frame.payload);
        asked_.erase(asked);
    }

private:
    FrameSocket& socket_;
    std::mutex mutex_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::promise<std::string>> asked_;
};

/// Threads that do one thing after the other.
class Workers {
public:
    ~Workers() { finish(); }
    void grow(std::size_t count) {
        while (threads_.size() < count)
            threads_.emplace_back([this] { run(); });
    }
    void add(std::function<void()> work) {
        {
            const std::scoped_lock lock(mutex_);
            waiting_.push_back(std::move(work));
        }
        changed_.notify_one();
    }
    void finish() {
        {
            const std::scoped_lock lock(mutex_);
            finishing_ = true;
        }
        changed_.notify_all();
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return finishing_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            const auto work = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            work();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    bool finishing_ = false;
    std::vector<std::thread> threads_; // grown before it is used
};

class Child {
public:
    explicit Child(base::FileDescriptor socket) : socket_(std::move(socket)), secrets_(socket_) {
        base::log::handOver([this](const base::log::Line& line) { socket_.send({FrameType::Log, 0, pack(line)}); });
        takeSecretsFrom([this](const std::string& reference) { return secrets_.ask(reference); });
        workers_.grow(1);
    }

    /// Reads and does nothing else, so that an answer is taken whatever a plugin
    /// is about.
    int run() {
        Frame frame;
        for (;;) {
            switch (socket_.receive(frame, std::chrono::hours{1})) {
            case FrameSocket::Received::Nothing: continue;
            // Without the server nobody waits for anything that still runs here.
            case FrameSocket::Received::Closed: leave();
            case FrameSocket::Received::Frame: break;
            }
            if (frame.type == FrameType::Secret) secrets_.answered(frame);
            if (frame.type == FrameType::Start)
                workers_.add([this, start = unpackStart(frame.payload)] { make(start); });
            if (frame.type == FrameType::Call) workers_.add([this, call = frame] { answer(call); });
            if (frame.type == FrameType::End) workers_.add([this] { end(); });
        }
    }

private:
    [[noreturn]] static void leave() { ::_exit(0); }

    void doing(const char* what) { socket_.send({FrameType::Stage, 0, what}); }

    void make(const Start& start) {
        clock_.set(start.now);
        if (auto problems = tryToMake(start); !problems.empty()) {
            socket_.send({FrameType::Refused, 0, pack(problems)});
            return;
        }
        // The answer to this is the first call; all threads are there before it.
        const bool reentrant = instance_->has(ROTA_FLAG_REENTRANT);
        workers_.grow((reentrant ? kReentrantCalls : 1) + kCallbacks);
        const auto& descriptor = instance_->descriptor();
        socket_.send({FrameType::Ready, 0, pack(Ready{descriptor.version, descriptor.flags, descriptor.data_needs})});
    }

    std::vector<PluginProblem> tryToMake(const Start& start) {
        doing("loaded");
        const auto library = Library::open(start.file, start.copy);
        if (!library) return {library.error()};
        auto made = assemble(*library, start.subject, start.plugin, start.kind, start.config, clock_,
                             [this](const char* what) { doing(what); });
        if (!made) return made.error();
        instance_ = *std::move(made);
        doing("asked for its interface");
        if (auto problem = takeInterface(start)) return {*problem};
        doing("activated");
        if (auto done = instance_->activate(); !done) return {done.error()};
        doing("idle");
        return {};
    }

    /// Policies and strategies are only tried here; they serve in the server itself.
    std::optional<PluginProblem> takeInterface(const Start& start) {
        if (start.kind == ROTA_KIND_CHANNEL) {
            channel_ = PluginChannel::of(instance_, start.name, start.timeout);
            return channel_ ? std::nullopt : std::optional(lacksInterface(start.subject, ROTA_CHANNEL_V1));
        }
        if (start.kind == ROTA_KIND_AVAILABILITY)
            return PluginAvailabilityPolicy::of(instance_)
                       ? std::nullopt
                       : std::optional(lacksInterface(start.subject, ROTA_AVAILABILITY_V1));
        return PluginWaitlistStrategy::of(instance_) ? std::nullopt
                                                     : std::optional(lacksInterface(start.subject, ROTA_WAITLIST_V1));
    }

    void answer(const Frame& call) {
        Unpacker arguments(call.payload);
        const auto head = takeCallHead(arguments);
        clock_.set(head.now);
        // The server has waited since it sent the call: what the way took is no longer there.
        const auto left = std::chrono::floor<base::Milliseconds>(head.deadline - std::chrono::steady_clock::now());
        auto channel = channel_->within(std::max(left, base::Milliseconds{0}));
        Packer result;
        carryOut(channel, head.function, arguments, result);
        put(result, counted());
        socket_.send({FrameType::Reply, call.id, result.take()});
    }

    static void carryOut(PluginChannel& channel, Function function, Unpacker& arguments, Packer& result) {
        switch (function) {
        case Function::Send: {
            const auto message = takeMessage(arguments);
            return put(result, channel.send(message, static_cast<int>(arguments.number())));
        }
        case Function::Status: {
            const auto providerId = arguments.text();
            return put(result, channel.status(providerId, arguments.text()));
        }
        case Function::Webhook: return put(result, channel.webhook(takeWebhookRequest(arguments)));
        case Function::Health: return put(result, channel.ailment());
        }
    }

    /// What was added since the last answer.
    Counts counted() {
        const std::scoped_lock lock(counting_);
        auto now = instance_->counters();
        Counts added;
        for (const auto& [name, value] : now)
            if (const double more = value - told_[name]; more > 0) added[name] = more;
        told_ = std::move(now);
        return added;
    }

    void end() {
        doing("deactivated and destroyed");
        channel_.reset();
        instance_.reset();
        doing("unloaded");
        // As a program ends, so that whatever the plugin left to be done at its end
        // is done.
        std::exit(0);
    }

    FrameSocket socket_;
    Secrets secrets_;
    ServersClock clock_;
    std::shared_ptr<PluginInstance> instance_;
    std::shared_ptr<PluginChannel> channel_;
    std::mutex counting_;
    Counts told_; ///< of `counting_`
    Workers workers_;
};

} // namespace

int serve(base::FileDescriptor socket) {
    restrictOurselves();
    // Never destroyed: threads may be in it when the process ends.
    return (new Child(std::move(socket)))->run();
}

} // namespace rota::plugin_host::isolation
