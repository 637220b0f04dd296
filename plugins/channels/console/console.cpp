#include <rota/plugin.hpp>

#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace {

/// One line a message: a break within would look like the next one, and other control characters (a name may hold
/// any) would steer the terminal.
std::string oneLine(std::string_view text) {
    std::string line;
    for (const char letter : text) {
        const bool control = static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
        if (!control)
            line += letter;
        else if (!line.empty() && line.back() != ' ')
            line += ' ';
    }
    return line;
}

/// Shows messages on standard output instead of sending them: for development, and for trying Rota out.
class Console final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "console",
                                       .name = "Console",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT | ROTA_FLAG_EMAIL | ROTA_FLAG_SMS,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_CONTENT};

    rota::Receipt send(const rota::Call&, const rota::Message& message) override {
        if (host().now() >= message.notAfter) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        std::string line = message.medium == rota::Medium::Sms ? "SMS SENT: To " : "EMAIL SENT: To ";
        line.append(oneLine(message.to));
        if (message.medium != rota::Medium::Sms) line.append(", Subject: ").append(oneLine(message.subject));
        line.append(", Body: ").append(oneLine(message.text)).append("\n");
        print(line);
        host().count("printed");
        return {.providerId = std::string(message.deliveryId), .state = rota::DeliveryState::Delivered};
    }

private:
    /// A single write, so that lines of several threads and processes do not mix.
    static void print(std::string_view line) {
        bool begun = false;
        while (!line.empty()) {
            const auto written = ::write(STDOUT_FILENO, line.data(), line.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0)
                throw rota::Failure(begun ? ROTA_UNKNOWN_OUTCOME : ROTA_RETRY, "standard output takes nothing");
            begun = true;
            line.remove_prefix(static_cast<std::size_t>(written));
        }
    }
};

} // namespace

ROTA_PLUGIN(Console);
