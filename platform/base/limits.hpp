#pragma once

#include <chrono>
#include <cstddef>

/// The bounds of the system that are not configuration and concern more than one file, with their reasons.
namespace rota::base::limits {

using namespace std::chrono_literals;

// ---- HTTP -------------------------------------------------------------------------------------------------------
/// The largest body that any endpoint can use is a doctor with 2,000 characters of biography, each escaped: some 24 kB.
inline constexpr std::size_t kRequestBodyBytes = 64 * 1024;
/// Of a provider's callback: SendGrid sends its events together, up to 768 kB.
inline constexpr std::size_t kWebhookBodyBytes = 1024 * 1024;
/// Of what has come of all requests that are larger than other bodies may be: anybody may begin to send such a one, and
/// a few dozen at once are many for a provider, which repeats what was refused.
inline constexpr std::size_t kLargeRequestsBytes = 64 * 1024 * 1024;
/// Browsers send under 2 kB; cookies of other services on the same host may add some.
inline constexpr std::size_t kRequestHeadBytes = 16 * 1024;
inline constexpr std::size_t kRequestHeaderFields = 100;
inline constexpr std::size_t kRequestTargetBytes = 4 * 1024;
/// From a request's first byte to its last: a phone on a bad network needs a few seconds, a slow attacker is cut off.
inline constexpr auto kRequestReadDeadline = 10s;
/// How long an answer of the API may wait for the database: within 3 s a client has one, on a busy machine too.
inline constexpr std::chrono::milliseconds kRequestPatience = 2500ms;
/// Of a provider's callback: a thousand reports are recorded one by one, and what is left the provider sends again.
inline constexpr std::chrono::milliseconds kCallbackPatience = 10s;
/// For a client that does not read its answer.
inline constexpr auto kResponseWriteDeadline = 10s;
/// nginx keeps 60 s towards browsers; towards us it opens anew without cost.
inline constexpr auto kKeepAliveIdle = 60s;
/// File descriptors: 4,096 is what many systems allow at most without asking.
inline constexpr std::size_t kConnections = 3000;
/// Threads that answer requests. A few more than the pool's 50 connections, since some requests need none.
inline constexpr std::size_t kHttpThreads = 56;
/// The operations port serves a few people and one Prometheus.
inline constexpr std::size_t kOperationsThreads = 3;
inline constexpr std::size_t kOperationsConnections = 64;
/// Rows of one page of a list.
inline constexpr std::size_t kPageSize = 100;
/// Of a doctor's waitlist, listed or asked for one freed time; more than anybody would call.
inline constexpr std::size_t kWaitlistEntries = 10'000;
/// Two months of a calendar, as a page shows them at once.
inline constexpr std::chrono::days kAvailabilityDays{62};
/// A week of ten ranges a day; nobody works more shifts than that.
inline constexpr std::size_t kScheduleRanges = 70;
/// An Idempotency-Key's length, and how long its answer is kept: a client that lost its connection tries again within
/// minutes, a batch overnight.
inline constexpr std::size_t kIdempotencyKeyLength = 255;
inline constexpr auto kIdempotencyKept = 24h;
/// A request whose answer has not come by then belonged to a process that died: none is allowed to run that long.
inline constexpr auto kIdempotencyTakeover = 1min;
/// Expired keys removed with each use of one: more than one, so that they never pile up.
inline constexpr std::size_t kIdempotencyPurge = 10;

// ---- PostgreSQL -------------------------------------------------------------------------------------------------
inline constexpr auto kDatabaseConnectTimeout = 3s;
/// What waits longer for a connection than this would miss the promise of an answer within 3 s.
inline constexpr auto kDatabasePoolWait = 2s;
/// How long a start waits for a database that does not answer yet, as in a machine or a stack that is just booting.
inline constexpr auto kDatabaseStartWait = 60s;
/// The slowest statement of a request takes under 100 ms at 20 million appointments.
inline constexpr auto kStatementTimeout = 5s;
/// Less than a request waits: it then hears of a lock from the server, and nothing is written behind its back.
inline constexpr auto kLockTimeout = 2s;
inline constexpr auto kIdleInTransactionTimeout = 10s;
/// A server ends a statement that takes kStatementTimeout; one that has said nothing for longer stands still, or is cut
/// off.
inline constexpr auto kDatabaseAnswer = kStatementTimeout + 1s;

// ---- Redis ------------------------------------------------------------------------------------------------------
inline constexpr auto kRedisConnectTimeout = 500ms;
inline constexpr auto kRedisCommandTimeout = 1s;

// ---- jobs -------------------------------------------------------------------------------------------------------
/// Ids leased at once in Redis; rows claimed at once in PostgreSQL; rows moved at once by a rebuild.
inline constexpr std::size_t kLeaseBatch = 256;
inline constexpr std::size_t kClaimBatch = 64;
inline constexpr std::size_t kRebuildBatch = 1000;
/// That a text cancelled nothing is worth a mail for this long.
inline constexpr std::chrono::hours kUnclearReplyKept{24};
/// Such mails about one text; a phone that more patients share is a mistake in their data.
inline constexpr int kUnclearReplyMails = 20;
/// How long a message waits for a channel that is busy with others, before it is put off.
inline constexpr auto kChannelTurn = 3s;
/// Beyond its deadline a call is given up on, where it can be.
inline constexpr auto kChannelGrace = 2s;
/// What must be left of a lease when a message is handed to a channel: its turn, the channel's deadline (10 s) with
/// that grace, and 3 s for recording.
inline constexpr auto kSendAndRecord = kChannelTurn + 10s + kChannelGrace + 3s;
/// And 30 s that two machines' clocks may differ, with some room.
inline constexpr auto kJobLease = kSendAndRecord + 32s;
/// The dispatcher looks at least so often, should a wake-up be lost.
inline constexpr auto kDispatcherTick = 1s;
inline constexpr auto kJanitorPeriod = 30s;
/// A job that waits longer than this has met a failure, not a queue.
inline constexpr auto kOverdueGrace = 1min;
/// As many as rows are claimed at once: each batch is a commit, and so few are in doubt when a process dies.
inline constexpr std::size_t kSenders = kClaimBatch;
/// A message that fails is tried so often at most, and never after its not_after.
inline constexpr int kDeliveryAttempts = 12;
/// The wait before the second attempt is at most the first of these, then doubles up to the second; a provider's own
/// wait is honoured up to that. Twelve attempts so outlast an outage of an hour or two.
inline constexpr auto kRetryBase = 10s;
inline constexpr auto kRetryCap = 1h;

/// How long a cancellation waits for messages that are being sent, and how often it looks: its answer stays well below
/// half a second.
inline constexpr auto kInFlightWait = 300ms;
inline constexpr auto kInFlightLook = 20ms;
/// After that a message whose outcome is in doubt is asked for the first time, then at doubling distances up to the
/// second, and until the third has passed; providers know within seconds, their callbacks take minutes.
inline constexpr auto kDoubtFirstLook = 10s;
inline constexpr auto kDoubtLook = 5min;
inline constexpr auto kDoubtEnd = 1h;
/// Messages in doubt that one look deals with; each may cost a call to a provider.
inline constexpr std::size_t kDoubtBatch = 64;
/// A provider repeats a callback for some days at most.
inline constexpr std::chrono::days kProviderEventsKept{7};
/// Reports in one callback: what a provider sends at once, of some 200 bytes each, fits a request's body.
inline constexpr std::size_t kWebhookEvents = 5000;

// ---- the stop ---------------------------------------------------------------------------------------------------
/// Service managers kill what has not ended 10 s after it was asked to, as `docker stop` does.
inline constexpr auto kStop = 9s;
/// Calls to providers that have not come back by then are given up on, and the rest of the time is for recording that.
inline constexpr auto kStopCalls = 6s;

// ---- texts ------------------------------------------------------------------------------------------------------
inline constexpr std::size_t kNameLength = 100;
inline constexpr std::size_t kEmailLength = 254;

} // namespace rota::base::limits
