#pragma once

#include "http/error_responses.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rota::http {

/// A query's parameters, to be read by name; those that nobody asks for are ignored, whatever they hold.
class Query {
public:
    explicit Query(std::string_view query);

    /// The parameter's decoded value; none where it is missing. One given twice, or not decodable, is noted in
    /// `errors` and counts as missing.
    std::optional<std::string> value(std::string_view name, FieldErrors& errors) const;

    /// Whether it is given at all, once or more.
    bool has(std::string_view name) const;

private:
    std::vector<Field> parameters_; ///< names decoded, values not
};

} // namespace rota::http
