#include "base/limits.hpp"
#include "http/protocol.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace rota::http {
namespace {

namespace limits = base::limits;

/// A chunk's size in hex with its extensions, or a trailer's field: nobody uses either.
constexpr std::size_t kChunkLineBytes = 256;
/// The rest of a request line beside its target: method, spaces, version.
constexpr std::size_t kRequestLineRest = 64;
/// A line's end or two is what old clients send; more would keep a thread busy that no request needs.
constexpr std::size_t kBlankBytes = 16;

bool isControl(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

enum class Line { Whole, Partial, Malformed };

/// The line of a chunked body at `at`, without its CR LF, which must be there as a pair.
Line nextLine(std::string_view received, std::size_t at, std::string_view& line) {
    const auto end = received.find('\n', at);
    line = received.substr(at, std::min(end, received.size()) - at);
    // Whether the line's end has arrived or not: else it would depend on the pieces in which it came.
    if (line.size() > kChunkLineBytes) return Line::Malformed;
    if (end == std::string_view::npos) return Line::Partial;
    if (line.empty() || line.back() != '\r') return Line::Malformed;
    line.remove_suffix(1);
    return std::any_of(line.begin(), line.end(), isControl) ? Line::Malformed : Line::Whole;
}

} // namespace

ProtocolError RequestParser::refuse(int status, std::string message) const {
    return {status, std::move(message), head_.request.id};
}

bool RequestParser::takeContinue() {
    return std::exchange(head_.expectsContinue, false);
}

Parsed RequestParser::parse(std::string& received) {
    if (!headRead_) {
        auto parsed = readHead(received);
        if (!headRead_) return parsed;
    }
    return head_.body == Head::Body::Chunked ? readChunks(received) : readBody(received);
}

/// Looks at every byte once, and refuses a bad one as it arrives: a client that ends its lines with LF alone would
/// otherwise wait for the deadline.
Parsed RequestParser::readHead(std::string& received) {
    // An old custom: a line's end after the previous request's body.
    std::size_t blank = 0;
    while (received.compare(blank, 2, "\r\n") == 0)
        blank += 2;
    if (blank > 0) {
        received.erase(0, blank);
        scanned_ = 0;
        blankBytes_ += blank;
        if (blankBytes_ > kBlankBytes) return refuse(400, "Malformed request: empty lines in its place");
    }
    for (; scanned_ < received.size(); ++scanned_) {
        const char c = received[scanned_];
        const bool afterReturn = scanned_ > 0 && received[scanned_ - 1] == '\r';
        if (afterReturn != (c == '\n') || (isControl(c) && c != '\r' && c != '\n'))
            return refuse(400, "Malformed request: a control character, or a line that does not end with CR LF");
        if (scanned_ >= limits::kRequestHeadBytes) return refuse(431, "Request header too large");
        if (c != '\n' || scanned_ < 3 || received.compare(scanned_ - 3, 4, "\r\n\r\n") != 0) continue;
        auto head = parseHead(std::string_view{received}.substr(0, scanned_ + 1));
        if (!head) return head.error();
        head_ = std::move(*head);
        received.erase(0, scanned_ + 1);
        headRead_ = true;
        return NeedsMore{};
    }
    if (received.size() > limits::kRequestTargetBytes + kRequestLineRest && received.find('\r') == std::string::npos)
        return refuse(414, "Request target too long");
    return NeedsMore{};
}

Parsed RequestParser::readBody(std::string& received) {
    if (received.size() < head_.length) return NeedsMore{};
    head_.request.body = received.substr(0, head_.length);
    received.erase(0, head_.length);
    return complete();
}

Parsed RequestParser::readChunks(std::string& received) {
    std::size_t at = 0;
    Parsed parsed = NeedsMore{};
    for (bool moved = true; moved && chunk_ != Chunk::Done && !std::holds_alternative<ProtocolError>(parsed);) {
        const auto before = at;
        parsed = chunk_ == Chunk::Trailer ? readTrailer(received, at) : readChunk(received, at);
        moved = at != before;
    }
    received.erase(0, at);
    return chunk_ == Chunk::Done ? complete() : parsed;
}

/// One step: a size line, some data, or the CR LF behind the data. Moves `at` behind what it has taken.
Parsed RequestParser::readChunk(std::string_view received, std::size_t& at) {
    if (chunk_ == Chunk::Data) {
        const auto taken = std::min(chunkLeft_, received.size() - at);
        head_.request.body.append(received.substr(at, taken));
        at += taken;
        chunkLeft_ -= taken;
        if (chunkLeft_ == 0) chunk_ = Chunk::DataEnd;
        return NeedsMore{};
    }
    std::string_view line;
    const auto found = nextLine(received, at, line);
    if (found == Line::Malformed) return refuse(400, "Malformed chunk");
    if (found == Line::Partial) return NeedsMore{};
    at += line.size() + 2;
    if (chunk_ == Chunk::DataEnd) {
        if (!line.empty()) return refuse(400, "Malformed chunk");
        chunk_ = Chunk::Size;
        return NeedsMore{};
    }
    const auto digits = line.substr(0, line.find(';'));
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), chunkLeft_, 16);
    const bool number = !digits.empty() && end == digits.data() + digits.size();
    if (!number) return refuse(400, "Malformed chunk");
    if (error != std::errc{} || chunkLeft_ > head_.most - head_.request.body.size())
        return refuse(413, "Request body too large");
    chunk_ = chunkLeft_ == 0 ? Chunk::Trailer : Chunk::Data;
    return NeedsMore{};
}

/// Fields behind the last chunk are read and dropped: nobody has a use for them.
Parsed RequestParser::readTrailer(std::string_view received, std::size_t& at) {
    std::string_view line;
    const auto found = nextLine(received, at, line);
    if (found == Line::Malformed) return refuse(400, "Malformed trailer");
    if (found == Line::Partial) return NeedsMore{};
    at += line.size() + 2;
    trailerBytes_ += line.size() + 2;
    if (trailerBytes_ > limits::kRequestHeadBytes) return refuse(431, "Trailer too large");
    if (line.empty()) chunk_ = Chunk::Done;
    return NeedsMore{};
}

Parsed RequestParser::complete() {
    Complete done{std::move(head_.request), head_.keepAlive};
    *this = RequestParser{};
    return done;
}

} // namespace rota::http
