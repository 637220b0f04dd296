#include <rota/plugin.hpp>
#include <rota/web.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>

namespace {

using rota::web::quoted;

/// A file of ours to write to, closed at the end.
class Output {
public:
    explicit Output(const std::string& path)
        : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
    ~Output() {
        if (fd_ >= 0) ::close(fd_);
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    int fd() const { return fd_; }

private:
    int fd_;
};

/// Appends every message to a file as one line of JSON: for tests, and for a clinic that must show what it sent.
class File final : public rota::Channel {
public:
    static constexpr rota::About about{.id = "file",
                                       .name = "File",
                                       .vendor = "Rota",
                                       .license = "Apache-2.0",
                                       .flags = ROTA_FLAG_REENTRANT | ROTA_FLAG_EMAIL | ROTA_FLAG_SMS,
                                       .dataNeeds = ROTA_DATA_ADDRESS | ROTA_DATA_NAME | ROTA_DATA_CONTENT,
                                       .configSchema = R"({"type": "object", "required": ["path"], "properties": {
            "path": {"type": "string", "pattern": "^/", "title": "where to append; /dev/null to keep nothing"},
            "sync": {"type": "boolean", "default": false, "title": "whether a message counts only once it is on disk"}}})"};

    void configure(const rota::Config& config) override {
        path_ = config.text("path");
        sync_ = config.flag("sync");
    }

    void activate() override {
        if (Output(path_).fd() < 0)
            throw rota::Failure(ROTA_CONFIG, "the file cannot be written; it must be a file of the server's user")
                .key("path");
    }

    rota::Receipt send(const rota::Call&, const rota::Message& message) override {
        if (host().now() >= message.notAfter) throw rota::Failure(ROTA_PERMANENT, "too late to be sent");
        // Opened anew each time, so that the file may be rotated away under a running server.
        const Output file(path_);
        if (file.fd() < 0) throw rota::Failure(ROTA_UNAVAILABLE, "the file cannot be opened");
        append(file.fd(), line(message, host().now()));
        if (sync_ && ::fsync(file.fd()) != 0 && errno != EINVAL)
            throw rota::Failure(ROTA_UNKNOWN_OUTCOME, "the file cannot be brought to disk");
        return {.providerId = std::string(message.deliveryId), .state = rota::DeliveryState::Delivered};
    }

    void health(const rota::Call&) override {
        if (Output(path_).fd() < 0) throw rota::Failure(ROTA_UNAVAILABLE, "the file cannot be opened");
    }

private:
    static std::string line(const rota::Message& message, rota::TimePoint now) {
        std::string text = "{";
        const auto add = [&](std::string_view name, const std::string& json) {
            text.append(text.size() > 1 ? ", " : "").append(quoted(name)).append(": ").append(json);
        };
        add("at_ms", std::to_string(rota::unixMs(now)));
        add("medium", quoted(message.medium == rota::Medium::Sms ? "sms" : "email"));
        add("delivery_id", quoted(message.deliveryId));
        add("to", quoted(message.to));
        add("to_name", quoted(message.toName));
        add("subject", quoted(message.subject));
        add("text", quoted(message.text));
        add("html", quoted(message.html));
        std::string attachments = "[";
        for (const auto& item : message.attachments)
            attachments.append(attachments.size() > 1 ? ", " : "")
                .append("{\"filename\": " + quoted(item.filename) + ", \"content_type\": " + quoted(item.contentType) +
                        ", \"base64\": " + quoted(rota::web::base64(item.bytes)) + "}");
        add("attachments", attachments + "]");
        return text + "}\n";
    }

    /// O_APPEND makes one write one whole line, whoever else writes.
    static void append(int fd, std::string_view text) {
        ssize_t written = 0;
        do
            written = ::write(fd, text.data(), text.size());
        while (written < 0 && errno == EINTR);
        if (written < 0) throw rota::Failure(ROTA_UNAVAILABLE, "the file takes nothing");
        if (static_cast<std::size_t>(written) < text.size())
            throw rota::Failure(ROTA_UNKNOWN_OUTCOME, "the file took only a part of the line: is the disk full?");
    }

    std::string path_;
    bool sync_ = false;
};

} // namespace

ROTA_PLUGIN(File);
