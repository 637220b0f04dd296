#pragma once

#include "base/file_descriptor.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

/// What goes between the server and a plugin's process: frames over a socket
/// pair. Both ends are built together, so the values in them carry no versions.
namespace rota::plugin_host::isolation {

enum class FrameType : std::uint8_t {
    Start,     ///< to the child, first: what to load
    Stage,     ///< to the server: what is being done with the plugin now, should it
               ///< crash
    Ready,     ///< to the server: it can be called
    Refused,   ///< to the server: what is wrong with it
    Call,      ///< to the child
    Reply,     ///< to the server, with the call's number
    AskSecret, ///< to the server, with a number of the child's own
    Secret,    ///< to the child, with that number
    Log,       ///< to the server
    End        ///< to the child, when no call is under way: deactivate, destroy, and go
};

struct Frame {
    FrameType type = FrameType::End;
    std::uint64_t id = 0;
    std::string payload;
};

/// A frame that the other side cannot have meant.
class FrameError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Puts values one behind the other.
class Packer {
public:
    Packer& number(std::int64_t value);
    Packer& text(std::string_view value);
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

/// Takes them in the same order; FrameError where there is none. The payload outlives it.
class Unpacker {
public:
    explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
    std::int64_t number();
    std::string text();
    /// A number that counts what follows: never more than could be there.
    std::size_t count();
    /// One of an enumeration whose last is `last`.
    template <class Enum>
    Enum oneOf(Enum last) {
        const auto value = number();
        if (value < 0 || value > static_cast<std::int64_t>(last)) throw FrameError("a value out of its range");
        return static_cast<Enum>(value);
    }

private:
    std::string_view take(std::size_t length);
    std::string_view bytes_;
};

/// One end of the socket pair.
class FrameSocket {
public:
    explicit FrameSocket(base::FileDescriptor socket);

    /// False where the other side is gone, or has not read for longer than a call
    /// may last; then nothing of the frame counts there, and nothing more is
    /// sent. [thread-safe]
    bool send(const Frame& frame);

    enum class Received { Frame, Nothing, Closed };
    /// Waits up to that long. One thread at a time. Throws FrameError.
    Received receive(Frame& frame, std::chrono::milliseconds atMost);

    /// Both sides get Closed.
    void shutdown();

private:
    bool takeFrame(Frame& frame);

    base::FileDescriptor socket_;
    std::mutex sending_;
    bool broken_ = false; ///< of `sending_`
    std::string received_;
    std::size_t consumed_ = 0; ///< of `received_`
};

} // namespace rota::plugin_host::isolation
