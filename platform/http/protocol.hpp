#pragma once

#include "http/request.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace rota::http {

/// A request whose form is wrong. It is answered and the connection closed: where the next request would begin is no
/// longer certain, and guessing is how requests are smuggled past a proxy.
struct ProtocolError {
    int status = 400;
    std::string message;   ///< for the client; quotes nothing that it sent
    std::string requestId; ///< where the client's was read before the error
};

/// What stands before a request's body.
struct Head {
    enum class Body { None, Length, Chunked };

    Request request; ///< without body
    Body body = Body::None;
    std::size_t length = 0;
    std::size_t most = 0; ///< that the body may have
    bool keepAlive = true;
    bool expectsContinue = false;
};

/// Reads a head that ends with its empty line and holds no control characters but CR LF pairs and tabs. The grammar of
/// RFC 9112 without any of its leniencies: no folded lines, no second or odd Content-Length, no Content-Length beside
/// Transfer-Encoding, exactly one Host on HTTP/1.1.
tl::expected<Head, ProtocolError> parseHead(std::string_view head);

struct NeedsMore {};
struct Complete {
    Request request;
    bool keepAlive = true;
};
using Parsed = std::variant<NeedsMore, Complete, ProtocolError>;

/// Cuts requests out of a connection's bytes, in whatever pieces they arrive. After a ProtocolError it is not to be
/// used again. [one thread at a time]
class RequestParser {
public:
    /// Takes what it can from the front of `received`; call again with more behind what is left there. `Complete`
    /// leaves the following request's bytes.
    Parsed parse(std::string& received);

    /// Whether the client waits for "100 Continue" before it sends the body. True once for a request.
    bool takeContinue();

    /// How much of a body it keeps that has come in chunks.
    std::size_t bodyBytes() const { return head_.request.body.size(); }

    /// Whether a request has begun of which parse() has not seen the end.
    bool midRequest(const std::string& received) const { return !received.empty() || headRead_; }

private:
    Parsed readHead(std::string& received);
    Parsed readBody(std::string& received);
    Parsed readChunks(std::string& received);
    Parsed readChunk(std::string_view received, std::size_t& at);
    Parsed readTrailer(std::string_view received, std::size_t& at);
    Parsed complete();
    ProtocolError refuse(int status, std::string message) const;

    enum class Chunk { Size, Data, DataEnd, Trailer, Done };

    std::size_t scanned_ = 0;    ///< bytes of the head that are known to be well-formed
    std::size_t blankBytes_ = 0; ///< of empty lines in front of it
    bool headRead_ = false;
    Head head_;
    Chunk chunk_ = Chunk::Size;
    std::size_t chunkLeft_ = 0;
    std::size_t trailerBytes_ = 0;
};

} // namespace rota::http
