#include "http/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <stdexcept>

namespace rota::http {
namespace {

Json scalarToJson(const YAML::Node& node) {
    const auto text = node.Scalar();
    // "!" is the tag of what is quoted.
    if (node.Tag() == "!") return text;
    if (text == "true" || text == "false") return text == "true";
    // A number of YAML's is one of JSON's where the whole text parses as one.
    const auto number = Json::parse(text, nullptr, false);
    return number.is_number() ? number : Json(text);
}

Json toJson(const YAML::Node& node) {
    switch (node.Type()) {
    case YAML::NodeType::Map: {
        auto object = Json::object();
        for (const auto& member : node)
            object[member.first.Scalar()] = toJson(member.second);
        return object;
    }
    case YAML::NodeType::Sequence: {
        auto array = Json::array();
        for (const auto& item : node)
            array.push_back(toJson(item));
        return array;
    }
    case YAML::NodeType::Scalar: return scalarToJson(node);
    default: return nullptr;
    }
}

} // namespace

Json yamlToJson(const std::string& text) {
    try {
        return toJson(YAML::Load(text));
    } catch (const YAML::Exception& error) {
        throw std::runtime_error(error.what());
    }
}

} // namespace rota::http
