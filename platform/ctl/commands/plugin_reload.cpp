#include "base/text.hpp"
#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"

#include <nlohmann/json.hpp>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>

#include <iostream>

namespace rota::ctl {
namespace {

using nlohmann::json;

/// A reload tries every plugin, each of which may take its time.
constexpr Poco::Timespan::TimeDiff kPatienceSeconds = 120;

struct Answer {
    int status = 0;
    std::string body;
};

/// Where a server that listens there is found from this machine.
std::string reachable(const std::string& address) {
    if (address == "0.0.0.0") return "127.0.0.1";
    return address == "::" ? "::1" : address;
}

Answer post(const server::Settings& settings, const std::string& path) {
    const auto address = reachable(settings.opsAddress);
    try {
        Poco::Net::HTTPClientSession session(address, static_cast<Poco::UInt16>(settings.opsPort));
        session.setTimeout(Poco::Timespan(kPatienceSeconds, 0));
        Poco::Net::HTTPRequest request("POST", path, "HTTP/1.1");
        request.setContentLength(0);
        if (!settings.opsToken.empty()) request.set("Authorization", "Bearer " + settings.opsToken);
        session.sendRequest(request);
        Poco::Net::HTTPResponse response;
        Answer answer;
        Poco::StreamCopier::copyToString(session.receiveResponse(response), answer.body);
        answer.status = response.getStatus();
        return answer;
    } catch (const Poco::TimeoutException&) {
        throw Stop(kUnreachable, "no answer within " + std::to_string(kPatienceSeconds) +
                                     " s: the server is still reloading; GET /admin/plugins says what serves");
    } catch (const Poco::Exception& error) {
        throw Stop(kUnreachable, "no server answers at " + address + ":" + std::to_string(settings.opsPort) + " (" +
                                     error.displayText() + "); ops.address and ops.port say where it is asked");
    }
}

void printDone(const json& done) {
    std::cout << "generation " << done["generation"] << " serves; "
              << (done["changed"].empty() ? "no plugin changed" : "changed: " + base::joined(done["changed"])) << "\n";
    if (!done["needs_restart"].empty())
        std::cout << "counts from the next start on: " << base::joined(done["needs_restart"]) << "\n";
    if (!done["other_servers_asked"])
        std::cout << "the other servers could not be asked: the database does not answer; reload again later\n";
}

void printRefused(const json& refused) {
    for (const auto& problem : refused["problems"])
        std::cerr << problem["code"].get<std::string>() << " " << problem["subject"].get<std::string>() << ": "
                  << problem["cause"].get<std::string>() << ": " << problem["remedy"].get<std::string>() << "\n";
    std::cerr << "nothing was reloaded; generation " << refused["generation"] << " serves on\n";
}

ExitCode runReload(const Arguments& arguments) {
    const auto loaded = loadConfiguration(arguments, {"ops."});
    const auto answer = post(loaded.settings, "/admin/plugins/reload");
    if (answer.status == 401)
        throw Stop(kConfiguration, "the server asks for another token; set ADMIN_TOKEN as it was set for rotad");
    const auto said = json::parse(answer.body, nullptr, false);
    const bool done = answer.status == 200;
    if (said.is_discarded() || (!done && !said.contains("problems")))
        throw Stop(kUnreachable,
                   "what answers there is no rotad of this version (status " + std::to_string(answer.status) + ")");
    if (arguments.has("json"))
        std::cout << said.dump(2) << "\n";
    else
        done ? printDone(said) : printRefused(said);
    return done ? kOk : kFinding;
}

} // namespace

Command pluginReload() {
    return {.name = "plugin reload",
            .operands = "",
            .summary = "Lets the servers read plugins and configuration anew, without a restart.",
            .details = "Asks the server on this machine, which asks the others of its database. With any mistake all "
                       "stays as it was, every one is named, and the status is 1.",
            .options = {{"json", "Print JSON."}, configOption()},
            .run = &runReload};
}

} // namespace rota::ctl
