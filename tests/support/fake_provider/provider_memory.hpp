#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace rota::testing {

/// What a fake does with a message that it is sent.
struct Behaviour {
    enum class Kind {
        Accept,
        Answer,            ///< an error, `status` and `code`, and takes nothing
        HangBeforeReading, ///< reads nothing, answers nothing
        HangAfterAccepting,
        ResetMidBody, ///< breaks the connection off when half of the message is read
        CloseAfterAccepting
    };
    Kind kind = Kind::Accept;
    int status = 500;                   ///< of HTTP or SMTP
    int code = 0;                       ///< the provider's own, in the answer's body
    std::string field{};                ///< the one that SendGrid complains about
    int retryAfter = 0;                 ///< seconds, as Retry-After; 0: no such header
    int resetIn = 0;                    ///< seconds, as X-RateLimit-Reset; 0: no such header
    std::chrono::milliseconds delay{0}; ///< before anything of it
    int times = 0;                      ///< for how many messages, then Accept; 0: until told otherwise
};

/// A message that a provider took.
struct Taken {
    std::string provider; ///< "sendgrid", "twilio" or "smtp"
    std::string id;       ///< the provider's
    std::string deliveryId;
    std::string to;
    nlohmann::json content; ///< as it was sent: SendGrid's JSON, Twilio's fields, {"from", "data", "tls"} of SMTP
    std::chrono::system_clock::time_point at{}; ///< when it was taken
};

/// What the fakes took, and how they are told to behave. [thread-safe]
class ProviderMemory {
public:
    void behave(const std::string& provider, const Behaviour& behaviour);
    /// For the next message; counts it.
    Behaviour next(const std::string& provider);
    /// As next, without counting: for what is decided before there is a message.
    Behaviour coming(const std::string& provider) const;

    /// Answers the provider's id of it, made of `prefix` and a number as long as `length` says.
    std::string take(Taken message, const std::string& prefix, std::size_t length);
    std::vector<Taken> taken(const std::string& provider = {}) const;

    void setStatus(const std::string& id, const std::string& status);
    /// Empty where no such message was taken.
    std::string status(const std::string& id) const;

    /// {"accepted": 5, "distinct": 4, "duplicates": {"rota-7": 2}, "requests": 6}
    nlohmann::json summary(const std::string& provider = {}) const;
    void forget();

private:
    mutable std::mutex mutex_;
    std::map<std::string, Behaviour> behaviours_;
    std::map<std::string, std::size_t> requests_;
    std::vector<Taken> taken_;
    std::map<std::string, std::string> status_;
};

} // namespace rota::testing
