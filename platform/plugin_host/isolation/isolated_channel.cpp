#include "plugin_host/isolation/isolated_channel.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "plugin_host/host_services.hpp"
#include "plugin_host/isolation/process.hpp"
#include "plugin_host/isolation/trial.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

namespace rota::plugin_host::isolation {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using Problems = std::vector<PluginProblem>;

/// What a call that is given up on leaves its process to abort in; then it is killed.
constexpr auto kAbort = 1s;
/// To deactivate and destroy.
constexpr auto kDown = 5s;
/// How often a process looks whether something other than a frame is to be done.
constexpr auto kTick = 200ms;

constexpr std::chrono::milliseconds kFirstRestart = 500ms;
constexpr std::size_t kMostCrashes = 5;
constexpr auto kCrashesWithin = 10min;

/// A call to a channel.
struct Call {
    Function function;
    Packer arguments{};

    bool isCallback() const { return function == Function::Webhook; } ///< [thread-safe], beside the others
};

/// A call on its way.
struct Pending {
    bool callback = false;
    Steady::time_point deadline;
    enum class State { Waiting, Answered, Lost } state = State::Waiting;
    std::string reply;
};

/// What became of a call.
struct Outcome {
    enum class Fate { Answered, NotReached, Busy, Lost, Quarantined } fate = Fate::NotReached;
    std::string reply;
    std::string why; ///< where it was not answered
};

/// The message as far as the plugin declared that it needs it; the process gets
/// no more.
app::Message visible(app::Message message, std::uint64_t needs) {
    if ((needs & ROTA_DATA_ADDRESS) == 0) message.to.clear();
    if ((needs & ROTA_DATA_NAME) == 0) message.toName.clear();
    if ((needs & ROTA_DATA_CONTENT) == 0) {
        for (auto* text : {&message.subject, &message.text, &message.html})
            text->clear();
        message.attachments.clear();
    }
    return message;
}

} // namespace

/// What all processes of a channel have in common.
struct IsolatedChannel::Shared {
    Shared(std::string p, Start s, const base::Clock& c)
        : program(std::move(p)), start(std::move(s)), clock(c), services(start.config) {}

    const std::string program;
    const Start start;
    const base::Clock& clock;
    const Services services;
    Ready ready; ///< never changed once the channel is made
    CallMeter meter;

    mutable std::mutex mutex; ///< of what follows, and of the keepers' own
    std::condition_variable changed;
    std::uint64_t lastCall = 0;
    std::deque<Steady::time_point> crashes; ///< of the last ten minutes
    std::uint64_t restarts = 0;
    bool quarantined = false;
    bool abandoned = false; ///< the server ends
    std::map<std::string, double> counters;

    std::size_t capacity(bool callback) const {
        if (callback) return kCallbacks;
        return (ready.flags & ROTA_FLAG_REENTRANT) != 0 ? kReentrantCalls : 1;
    }

    /// How long to wait before the next start; none where it was one too many. With the mutex held.
    std::optional<std::chrono::milliseconds> crashed(const std::string& how) {
        const auto now = Steady::now();
        crashes.push_back(now);
        while (crashes.front() < now - kCrashesWithin)
            crashes.pop_front();
        if (crashes.size() >= kMostCrashes) {
            quarantined = true;
            base::log::error("plugin quarantined", {{"instance", start.subject},
                                                    {"cause", "its process " + how},
                                                    {"remedy", "install a better build, then reload"}});
            return std::nullopt;
        }
        const auto wait = kFirstRestart * (1 << (crashes.size() - 1));
        base::log::error(
            "plugin process ended",
            {{"instance", start.subject}, {"cause", "its process " + how}, {"restart_in_ms", wait.count()}});
        return wait;
    }
};

/// One process: started, watched, started again by a thread of its own. What is
/// public but `await` and `end` is called with the shared mutex held.
class IsolatedChannel::Keeper {
public:
    explicit Keeper(Shared& shared) : shared_(shared), thread_([this] { run(); }) {}
    ~Keeper() {
        {
            const std::scoped_lock lock(shared_.mutex);
            ending_ = true;
        }
        shared_.changed.notify_all();
        thread_.join();
    }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// Of its first start.
    tl::expected<Ready, Problems> await() { return first_.get_future().get(); }

    bool up() const { return process_ != nullptr; }
    pid_t pid() const { return process_ ? process_->pid() : -1; }
    std::size_t underWay(bool callback) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(pending_, [&](const auto& entry) { return entry.second->callback == callback; }));
    }

    /// Hands over one call and waits for what becomes of it; `lock` is released
    /// meanwhile.
    Outcome carry(std::unique_lock<std::mutex>& lock, Call call) {
        const auto process = process_;
        const auto id = ++shared_.lastCall;
        const auto pending = pending_[id] = std::make_shared<Pending>();
        pending->callback = call.isCallback();
        pending->deadline = Steady::now() + shared_.start.timeout;
        lock.unlock();
        Packer head;
        put(head, CallHead{call.function, shared_.clock.now(), pending->deadline});
        const bool sent = process->socket().send({FrameType::Call, id, head.take() + call.arguments.take()});
        lock.lock();
        if (sent) shared_.changed.wait(lock, [&] { return pending->state != Pending::State::Waiting; });
        pending_.erase(id);
        shared_.changed.notify_all();
        if (!sent) return {Outcome::Fate::NotReached, {}, "its process ended before it had the call"};
        if (pending->state == Pending::State::Lost)
            return {Outcome::Fate::Lost, {}, "its process ended during the call, or did not come back from it"};
        return {Outcome::Fate::Answered, std::move(pending->reply), {}};
    }

private:
    void run() {
        for (bool first = true;; first = false) {
            std::string how;
            const std::shared_ptr<Process> process = Process::start(shared_.program);
            auto up = broughtUp(process.get());
            const bool serves = up.has_value();
            if (!serves) how = up.error().front().cause;
            if (serves && !first)
                base::log::info("plugin process started again", {{"instance", shared_.start.subject}});
            if (serves) {
                install(process);
                if (first) first_.set_value(std::move(up));
                how = serve(*process);
                uninstall();
            } else if (first) {
                first_.set_value(std::move(up));
                return;
            }
            std::unique_lock lock(shared_.mutex);
            if (ending_ || shared_.abandoned || shared_.quarantined) return;
            const auto wait = shared_.crashed(how);
            shared_.changed.notify_all();
            if (!wait || shared_.changed.wait_for(lock, *wait, [this] { return ending_ || shared_.quarantined; }))
                return;
            ++shared_.restarts;
        }
    }

    tl::expected<Ready, Problems> broughtUp(Process* process) {
        if (process == nullptr) return tl::unexpected(Problems{cannotStart(shared_.start.subject, shared_.program)});
        try {
            return bringUp(*process, shared_.start, shared_.clock, shared_.services);
        } catch (const FrameError& error) {
            return tl::unexpected(Problems{{problem::kCrash, shared_.start.file,
                                            std::string("its process wrote nonsense: ") + error.what(),
                                            "ask its vendor for a build that works on this system"}});
        }
    }

    void install(const std::shared_ptr<Process>& process) {
        const std::scoped_lock lock(shared_.mutex);
        process_ = process;
        shared_.changed.notify_all();
    }

    void uninstall() {
        const std::scoped_lock lock(shared_.mutex);
        lose();
        shared_.changed.notify_all();
    }

    /// Nobody waits for this process any more, and no call comes to it. With the
    /// mutex held.
    void lose() {
        process_.reset();
        for (const auto& [id, call] : pending_)
            if (call->state == Pending::State::Waiting) call->state = Pending::State::Lost;
    }

    /// Until the process is gone; then how it ended.
    std::string serve(Process& process) {
        std::optional<Steady::time_point> killAt;
        bool told = false;
        try {
            Frame frame;
            for (;;) {
                const auto received = process.socket().receive(frame, kTick);
                if (received == FrameSocket::Received::Closed) break;
                if (received == FrameSocket::Received::Frame && !shared_.services.serve(process.socket(), frame))
                    take(frame);
                const auto now = Steady::now();
                if (!killAt && isOverdue(now)) {
                    process.signal(SIGABRT);
                    killAt = now + kAbort;
                }
                if (!told && isEnding()) {
                    told = true;
                    process.socket().send({FrameType::End, 0, {}});
                    killAt = std::min(killAt.value_or(now + kDown), now + kDown);
                }
                if (killAt && now >= *killAt) process.signal(SIGKILL);
            }
        } catch (const FrameError& error) {
            process.signal(SIGKILL);
            return std::string("wrote nonsense: ") + error.what();
        }
        const auto end = process.ended(kAbort);
        if (!end) return "closed its connection";
        return end->empty() ? "ended by itself" : *end;
    }

    void take(const Frame& frame) {
        if (frame.type != FrameType::Reply) return;
        const std::scoped_lock lock(shared_.mutex);
        const auto call = pending_.find(frame.id);
        if (call == pending_.end() || call->second->state != Pending::State::Waiting) return;
        call->second->reply = frame.payload;
        call->second->state = Pending::State::Answered;
        shared_.changed.notify_all();
    }

    /// Whether a call has taken too long, or is waited for no more; then all are given up on: what becomes
    /// of the others is as uncertain.
    bool isOverdue(Steady::time_point now) {
        const std::scoped_lock lock(shared_.mutex);
        const bool overdue = std::ranges::any_of(pending_, [&](const auto& entry) {
            return entry.second->state == Pending::State::Waiting &&
                   (shared_.abandoned || now >= entry.second->deadline + base::limits::kChannelGrace);
        });
        if (!overdue) return false;
        base::log::error("plugin call did not come back", {{"instance", shared_.start.subject}});
        lose();
        shared_.changed.notify_all();
        return true;
    }

    /// A quarantine is for what others of these processes did: the calls that this one has come to their ends.
    bool isEnding() const {
        const std::scoped_lock lock(shared_.mutex);
        return ending_ || (shared_.quarantined && pending_.empty());
    }

    Shared& shared_;
    std::promise<tl::expected<Ready, Problems>> first_;
    std::shared_ptr<Process> process_; ///< none while it is not there, or not trusted any more
    std::map<std::uint64_t, std::shared_ptr<Pending>> pending_;
    bool ending_ = false;
    std::thread thread_; ///< last: it uses the others
};

namespace {

template <class Shared, class Keepers>
Outcome carry(Shared& shared, const Keepers& keepers, Call call, base::Milliseconds patience) {
    const bool callback = call.isCallback();
    const auto until = Steady::now() + patience;
    std::unique_lock lock(shared.mutex);
    for (;;) {
        if (shared.abandoned) return {Outcome::Fate::NotReached, {}, "the server ends"};
        if (shared.quarantined)
            return {Outcome::Fate::Quarantined, {}, "its process ended too often; it stays down until a reload"};
        const auto least = std::ranges::min_element(
            keepers, {}, [&](const auto& keeper) { return keeper->up() ? keeper->underWay(callback) : SIZE_MAX; });
        if (!(*least)->up()) return {Outcome::Fate::NotReached, {}, "its process is being started again"};
        if ((*least)->underWay(callback) < shared.capacity(callback)) return (*least)->carry(lock, std::move(call));
        if (shared.changed.wait_until(lock, until) == std::cv_status::timeout)
            return {Outcome::Fate::Busy, {}, "it was busy with other calls"};
    }
}

/// Adds up what the plugin counted; the counts stand behind the result.
template <class Shared>
void addCounts(Shared& shared, Unpacker& unpacker) {
    const auto counts = takeCounts(unpacker);
    const std::scoped_lock lock(shared.mutex);
    for (const auto& [name, value] : counts)
        addCount(shared.counters, name, value);
}

/// The result of a call that was answered, else what `otherwise` makes of its fate.
template <class Shared, class Take, class Otherwise>
auto resultOf(Shared& shared, Outcome outcome, Take&& take, Otherwise&& otherwise) {
    if (outcome.fate == Outcome::Fate::Answered) {
        try {
            Unpacker unpacker(outcome.reply);
            auto result = take(unpacker);
            addCounts(shared, unpacker);
            return result;
        } catch (const FrameError& error) {
            outcome = {Outcome::Fate::Lost, {}, std::string("its process wrote nonsense: ") + error.what()};
        }
    }
    return otherwise(outcome);
}

app::SendResult unsent(const Outcome& outcome) {
    app::SendResult result;
    result.error = outcome.why;
    switch (outcome.fate) {
    case Outcome::Fate::NotReached: result.status = app::SendStatus::Retry; break;
    case Outcome::Fate::Busy: result.status = app::SendStatus::Busy; break;
    case Outcome::Fate::Quarantined: result.status = app::SendStatus::Broken; break;
    case Outcome::Fate::Answered:
    case Outcome::Fate::Lost: result.status = app::SendStatus::UnknownOutcome; break;
    }
    return result;
}

} // namespace

IsolatedChannel::IsolatedChannel(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

IsolatedChannel::~IsolatedChannel() = default;

tl::expected<std::shared_ptr<IsolatedChannel>, Problems>
IsolatedChannel::start(const std::string& program, Start start, int processes, const base::Clock& clock) {
    std::shared_ptr<IsolatedChannel> channel(
        new IsolatedChannel(std::make_unique<Shared>(program, std::move(start), clock)));
    for (int i = 0; i < processes; ++i)
        channel->keepers_.push_back(std::make_unique<Keeper>(*channel->shared_));
    std::optional<Problems> problems;
    for (const auto& keeper : channel->keepers_) {
        auto ready = keeper->await();
        if (ready)
            channel->shared_->ready = *std::move(ready);
        else if (!problems)
            problems = std::move(ready.error());
    }
    if (problems) return tl::unexpected(*std::move(problems));
    return channel;
}

const std::string& IsolatedChannel::instance() const {
    return shared_->start.name;
}

bool IsolatedChannel::honoursIdempotencyKey() const {
    return (shared_->ready.flags & ROTA_FLAG_IDEMPOTENT) != 0;
}

bool IsolatedChannel::takes(domain::Medium medium) const {
    return (shared_->ready.flags & (medium == domain::Medium::Sms ? ROTA_FLAG_SMS : ROTA_FLAG_EMAIL)) != 0;
}

app::SendResult IsolatedChannel::send(const app::Message& message, int attempt) {
    const auto begin = Steady::now();
    Call call{Function::Send};
    put(call.arguments, visible(message, shared_->ready.dataNeeds));
    call.arguments.number(attempt);
    auto outcome = carry(*shared_, keepers_, std::move(call), base::limits::kChannelTurn);
    auto result = resultOf(*shared_, std::move(outcome), takeSendResult, unsent);
    if (result.status != app::SendStatus::Busy)
        shared_->meter.record(Steady::now() - begin, result.status != app::SendStatus::Sent);
    return result;
}

app::DeliveryStatus IsolatedChannel::status(const std::string& providerMessageId, const std::string& deliveryId) {
    const auto begin = Steady::now();
    Call call{Function::Status};
    call.arguments.text(providerMessageId).text(deliveryId);
    auto status = resultOf(*shared_, carry(*shared_, keepers_, std::move(call), shared_->start.timeout),
                           takeDeliveryStatus, [](const Outcome& outcome) {
                               app::DeliveryStatus unknown;
                               unknown.error = outcome.why;
                               return unknown;
                           });
    shared_->meter.record(Steady::now() - begin, !status.error.empty());
    return status;
}

WebhookAnswer IsolatedChannel::webhook(const app::WebhookRequest& request) {
    const auto begin = Steady::now();
    Call call{Function::Webhook};
    put(call.arguments, request);
    auto answer =
        resultOf(*shared_, carry(*shared_, keepers_, std::move(call), shared_->start.timeout), takeWebhookAnswer,
                 [](const Outcome& outcome) -> WebhookAnswer {
                     return tl::unexpected(app::WebhookRefused{app::WebhookRefused::Reason::Unavailable, outcome.why});
                 });
    shared_->meter.record(Steady::now() - begin, !answer);
    return answer;
}

std::optional<std::string> IsolatedChannel::ailment() {
    const auto begin = Steady::now();
    auto ailment = resultOf(*shared_, carry(*shared_, keepers_, Call{Function::Health}, shared_->start.timeout),
                            takeAilment, [](const Outcome& outcome) { return std::optional(outcome.why); });
    shared_->meter.record(Steady::now() - begin, ailment.has_value());
    return ailment;
}

void IsolatedChannel::abandonCalls() {
    const std::scoped_lock lock(shared_->mutex);
    shared_->abandoned = true;
    shared_->changed.notify_all();
}

InstanceInfo IsolatedChannel::info() const {
    InstanceInfo info;
    info.name = shared_->start.subject;
    info.plugin = shared_->start.plugin;
    info.version = shared_->ready.version;
    info.file = shared_->start.file;
    info.isolated = true;
    info.calls = shared_->meter.read();
    const std::scoped_lock lock(shared_->mutex);
    for (const auto& keeper : keepers_)
        if (keeper->up()) info.processes.push_back(keeper->pid());
    info.restarts = shared_->restarts;
    info.state = shared_->quarantined     ? InstanceInfo::State::Quarantined
                 : info.processes.empty() ? InstanceInfo::State::Restarting
                                          : InstanceInfo::State::Serving;
    return info;
}

std::map<std::string, double> IsolatedChannel::counters() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->counters;
}

} // namespace rota::plugin_host::isolation
