#include "http/json_body.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace rota::http {
namespace {

/// Our bodies nest two deep.
constexpr int kDepth = 16;

struct BodyRefused {
    std::string message;
};

/// Watches the parser: it would otherwise take the last of two equal keys, while a proxy or a log takes the first.
class Strictness {
public:
    bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > kDepth) throw BodyRefused{"Must not be nested that deep"};
        if (event == Event::object_start) keys_.emplace_back();
        if (event == Event::object_end) keys_.pop_back();
        if (event == Event::key && !keys_.back().insert(parsed.get<std::string>()).second)
            throw BodyRefused{"Must not have the same member twice"};
        return true;
    }

private:
    std::vector<std::set<std::string>> keys_; ///< of the objects that are open
};

/// A body must name its type: with one of some others, or none, a browser sends it for a page of any origin, unasked.
bool isJson(const Request& request) {
    const auto type = request.header("Content-Type");
    if (!type) return request.body.empty();
    return sameName(base::trimmed(type->substr(0, type->find(';'))), "application/json");
}

nlohmann::json parseStrictly(const std::string& body) {
    try {
        Strictness strictness;
        auto parsed = nlohmann::json::parse(body, std::ref(strictness));
        if (!parsed.is_object()) throw BodyRefused{"Must be a JSON object"};
        return parsed;
    } catch (const nlohmann::json::exception&) {
        throw BodyRefused{"Must be valid JSON in UTF-8"};
    }
}

} // namespace

tl::expected<nlohmann::json, Response> parseJsonObject(const Request& request) {
    if (!isJson(request)) return tl::unexpected(error(415, "Content-Type must be application/json"));
    try {
        return parseStrictly(request.body);
    } catch (const BodyRefused& refused) {
        return tl::unexpected(validationFailed({{"body", refused.message}}));
    }
}

const nlohmann::json* MemberReader::member(const std::string& name) {
    const auto found = object_.find(name);
    if (found != object_.end() && !found->is_null()) return &*found;
    refuse(name, "Is required");
    return nullptr;
}

std::optional<std::int64_t> MemberReader::integer(const std::string& name, std::string_view otherwise) {
    const auto* value = member(name);
    if (!value) return std::nullopt;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= std::uint64_t{kLargestId});
    if (fits) return value->get<std::int64_t>();
    refuse(name, otherwise);
    return std::nullopt;
}

std::optional<std::int64_t> MemberReader::id(const std::string& name) {
    constexpr std::string_view kMessage = "Must be a positive integer";
    const auto value = integer(name, kMessage);
    if (!value || *value > 0) return value;
    refuse(name, kMessage);
    return std::nullopt;
}

std::optional<std::string> MemberReader::text(const std::string& name, std::string_view otherwise) {
    const auto* value = member(name);
    if (!value) return std::nullopt;
    if (value->is_string()) return value->get<std::string>();
    refuse(name, otherwise);
    return std::nullopt;
}

std::optional<bool> MemberReader::boolean(const std::string& name) {
    const auto* value = member(name);
    if (!value) return std::nullopt;
    if (value->is_boolean()) return value->get<bool>();
    refuse(name, "Must be true or false");
    return std::nullopt;
}

const nlohmann::json* MemberReader::list(const std::string& name, std::size_t most) {
    const auto* value = member(name);
    if (!value) return nullptr;
    if (!value->is_array())
        refuse(name, "Must be a list");
    else if (value->size() > most)
        refuse(name, "Must have at most " + std::to_string(most) + " items");
    else
        return value;
    return nullptr;
}

void MemberReader::refuseOthers(std::initializer_list<std::string_view> names, std::string_view message) {
    for (const auto& [name, value] : object_.items())
        if (std::ranges::find(names, name) == names.end()) refuse(name, message);
}

void MemberReader::refuse(const std::string& name, std::string_view message) {
    errors_.push_back({prefix_ + name, std::string{message}});
}

} // namespace rota::http
