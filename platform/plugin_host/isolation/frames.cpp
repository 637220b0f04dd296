#include "plugin_host/isolation/frames.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace rota::plugin_host::isolation {
namespace {

/// A message with attachments takes a few MB; a child that claims more is out of its mind.
constexpr std::size_t kLargestPayload = 64 * 1024 * 1024;
constexpr std::size_t kHead = sizeof(std::uint32_t) + sizeof(std::uint8_t) + sizeof(std::uint64_t);
constexpr std::size_t kReadBytes = 64 * 1024;
/// The reader on the other side does nothing but read: one that takes nothing for so long is stopped.
constexpr timeval kSendTimeout{10, 0};

template <class T>
void append(std::string& bytes, T value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
}

template <class T>
T valueAt(const char* bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

} // namespace

Packer& Packer::number(std::int64_t value) {
    append(bytes_, value);
    return *this;
}

Packer& Packer::text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_.append(value);
    return *this;
}

std::string_view Unpacker::take(std::size_t length) {
    if (length > bytes_.size()) throw FrameError("a frame ends too early");
    const auto part = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return part;
}

std::int64_t Unpacker::number() {
    return valueAt<std::int64_t>(take(sizeof(std::int64_t)).data());
}

std::size_t Unpacker::count() {
    const auto value = number();
    if (value < 0 || static_cast<std::uint64_t>(value) > bytes_.size()) throw FrameError("a frame ends too early");
    return static_cast<std::size_t>(value);
}

std::string Unpacker::text() {
    return std::string(take(count()));
}

FrameSocket::FrameSocket(base::FileDescriptor socket) : socket_(std::move(socket)) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kSendTimeout, sizeof kSendTimeout);
}

bool FrameSocket::send(const Frame& frame) {
    std::string bytes;
    bytes.reserve(kHead + frame.payload.size());
    append(bytes, static_cast<std::uint32_t>(frame.payload.size()));
    append(bytes, static_cast<std::uint8_t>(frame.type));
    append(bytes, frame.id);
    bytes += frame.payload;

    const std::scoped_lock lock(sending_);
    if (broken_ || frame.payload.size() > kLargestPayload) return false;
    for (std::string_view rest = bytes; !rest.empty();) {
        const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) {
            // Behind half a frame nothing could be understood.
            broken_ = true;
            shutdown();
            return false;
        }
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

FrameSocket::Received FrameSocket::receive(Frame& frame, std::chrono::milliseconds atMost) {
    if (takeFrame(frame)) return Received::Frame;
    pollfd readable{socket_.get(), POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(atMost.count())) <= 0) return Received::Nothing;
    received_.erase(0, std::exchange(consumed_, 0));
    for (;;) {
        const auto before = received_.size();
        received_.resize(before + kReadBytes);
        const auto count = ::recv(socket_.get(), received_.data() + before, kReadBytes, MSG_DONTWAIT);
        received_.resize(before + static_cast<std::size_t>(count > 0 ? count : 0));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return Received::Nothing;
        if (count <= 0) return Received::Closed;
        if (takeFrame(frame)) return Received::Frame;
    }
}

bool FrameSocket::takeFrame(Frame& frame) {
    const auto there = received_.size() - consumed_;
    if (there < kHead) return false;
    const char* const head = received_.data() + consumed_;
    const std::size_t length = valueAt<std::uint32_t>(head);
    if (length > kLargestPayload) throw FrameError("a frame is too large");
    if (there < kHead + length) return false;
    const auto type = valueAt<std::uint8_t>(head + sizeof(std::uint32_t));
    if (type > static_cast<std::uint8_t>(FrameType::End)) throw FrameError("a frame of an unknown type");
    frame.type = static_cast<FrameType>(type);
    frame.id = valueAt<std::uint64_t>(head + sizeof(std::uint32_t) + sizeof(std::uint8_t));
    frame.payload.assign(head + kHead, length);
    consumed_ += kHead + length;
    if (consumed_ == received_.size()) {
        received_.clear();
        consumed_ = 0;
    }
    return true;
}

void FrameSocket::shutdown() {
    ::shutdown(socket_.get(), SHUT_RDWR);
}

} // namespace rota::plugin_host::isolation
