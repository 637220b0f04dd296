#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::http {

/// Finds the handler of a request by path and method. Build it, then share it: answering changes nothing.
/// [thread-safe once built]
class Router {
public:
    using Handler = std::function<Response(const Request&)>;

    /// `pattern`: segments, where ":name" stands for any one: "/api/doctors/:id/availability". Literal segments win
    /// over
    /// ":name" by being added first.
    void add(std::string_view method, std::string_view pattern, Handler handler);

    /// The handler's answer. HEAD is answered as GET (the server leaves the body out), OPTIONS with Allow; a method
    /// that a path does not have by 405 with Allow, an unknown path by 404. What a handler throws becomes its status by
    /// error_responses.hpp, and is logged; nothing leaves here.
    Response operator()(const Request& request) const;

private:
    struct Method {
        std::string name;
        Handler handler;
    };
    struct Route {
        std::string pattern;
        std::vector<std::string> segments;
        std::vector<Method> methods;
    };

    static bool matches(const Route& route, const std::vector<std::string>& segments, Request& request);
    static Response answer(const Route& route, const Request& request);
    static std::string allow(const Route& route);

    std::vector<Route> routes_;
};

} // namespace rota::http
