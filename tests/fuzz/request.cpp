/// From a connection's bytes to requests, and from their lines to commands.
#include "base/limits.hpp"
#include "fuzz.hpp"
#include "http/commands.hpp"
#include "http/conditional.hpp"
#include "http/json.hpp"
#include "http/portal_commands.hpp"
#include "http/protocol.hpp"
#include "http/router.hpp"

#include <algorithm>

namespace rota::testing {
namespace {

using namespace http;
namespace limits = base::limits;

struct Conversation {
    std::vector<Complete> requests;
    bool refused = false;
};

/// What the parser makes of the bytes where they arrive in pieces of that size.
Conversation converse(std::string_view bytes, std::size_t piece) {
    Conversation conversation;
    RequestParser parser;
    std::string received;
    while (!bytes.empty() && !conversation.refused) {
        received += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        for (bool more = true; more;) {
            auto parsed = parser.parse(received);
            more = std::holds_alternative<Complete>(parsed);
            if (auto* complete = std::get_if<Complete>(&parsed)) conversation.requests.push_back(std::move(*complete));
            if (const auto* error = std::get_if<ProtocolError>(&parsed)) {
                require(error->status >= 400 && error->status < 600 && !error->message.empty());
                conversation.refused = true;
            }
        }
    }
    return conversation;
}

bool equal(const Request& a, const Request& b) {
    const auto same = [](const Field& x, const Field& y) { return x.name == y.name && x.value == y.value; };
    return a.method == b.method && a.path == b.path && a.query == b.query && a.body == b.body && a.id == b.id &&
           std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end(), same);
}

template <class Command>
Response answer(const tl::expected<Command, FieldErrors>& command) {
    require(command || !command.error().empty());
    return command ? json(200, Json::object()) : validationFailed(command.error());
}

Router makeRouter() {
    Router router;
    router.add("GET", "/api/doctors",
               conditional([](const Request& request) { return answer(parseSwitch(request, "next_available")); }));
    router.add("GET", "/api/doctors/:id/availability", [](const Request& request) {
        const auto id = parsePathId(request);
        require(!id || *id > 0);
        return answer(parseAvailability(request));
    });
    router.add("GET", "/api/patients/:id/appointments", [](const Request& request) {
        const auto wanted = parseAppointmentPage(request, {1});
        require(!wanted || (wanted->page >= 1 && wanted->limit >= 1 && wanted->limit <= int{limits::kPageSize}));
        return answer(wanted);
    });
    return router;
}

void checkRequest(const Request& request) {
    require(!request.method.empty() && !request.path.empty() && request.body.size() <= limits::kRequestBodyBytes);
    require(request.headers.size() <= limits::kRequestHeaderFields);
    // What is logged and sent back can begin no line of its own.
    for (const auto& [name, value] : request.headers)
        require((name + value).find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos);
    static const Router router = makeRouter();
    const auto response = router(request);
    require(response.status < 500);
    require(response.body.empty() || Json::accept(response.body));
}

} // namespace
} // namespace rota::testing

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rota::testing;
    if (size == 0) return 0;
    // In whatever pieces they arrive, the same bytes are the same requests: else a proxy and we could differ on them.
    const auto bytes = textOf(data, size);
    const auto whole = converse(bytes, size);
    const auto pieces = converse(bytes, 1 + data[size - 1] % 32);
    require(whole.refused == pieces.refused && whole.requests.size() == pieces.requests.size());
    for (std::size_t i = 0; i < whole.requests.size(); ++i) {
        require(equal(whole.requests[i].request, pieces.requests[i].request));
        require(whole.requests[i].keepAlive == pieces.requests[i].keepAlive);
        checkRequest(whole.requests[i].request);
    }
    return 0;
}
