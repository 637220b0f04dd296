#pragma once

/// For plugins that speak to a web API: JSON, base64, and forms. Header only, on the standard library alone.

#include <rota/plugin.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <locale>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rota::web {

// ---- writing --------------------------------------------------------------------------------------------------------

/// A JSON string, with its quotes. The text is UTF-8 and stays as it is but for what JSON wants escaped.
inline std::string quoted(std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\')
            result.append(1, '\\').append(1, letter);
        else if (letter == '\n')
            result += "\\n";
        else if (code < 0x20)
            result.append("\\u00").append(1, kHex[code >> 4U]).append(1, kHex[code & 15U]);
        else
            result += letter;
    }
    return result += '"';
}

/// RFC 4648, with padding.
inline std::string base64(std::string_view bytes) {
    static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    result.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t i = 0; i < 3; ++i)
            group = group << 8U | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        for (std::size_t i = 0; i < 4; ++i)
            result += at + i > bytes.size() ? '=' : kLetters[group >> (18 - 6 * i) & 63U];
    }
    return result;
}

/// None where it is not base64.
inline std::optional<std::string> fromBase64(std::string_view text) {
    while (!text.empty() && text.back() == '=')
        text.remove_suffix(1);
    std::string result;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        std::uint32_t value = 0;
        if (letter >= 'A' && letter <= 'Z')
            value = static_cast<std::uint32_t>(letter - 'A');
        else if (letter >= 'a' && letter <= 'z')
            value = static_cast<std::uint32_t>(letter - 'a') + 26;
        else if (letter >= '0' && letter <= '9')
            value = static_cast<std::uint32_t>(letter - '0') + 52;
        else if (letter == '+' || letter == '/')
            value = letter == '+' ? 62 : 63;
        else
            return std::nullopt;
        group = group << 6U | value;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        result += static_cast<char>(group >> bits & 0xFFU);
    }
    if (bits >= 6) return std::nullopt;
    return result;
}

/// application/x-www-form-urlencoded: in the order given, a name may come several times.
using Form = std::vector<std::pair<std::string, std::string>>;

inline std::string formEncoded(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string result;
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
        if (plain)
            result += letter;
        else
            result.append(1, '%').append(1, kHex[code >> 4U]).append(1, kHex[code & 15U]);
    }
    return result;
}

inline std::string formEncoded(const Form& form) {
    std::string result;
    for (const auto& [name, value] : form)
        result.append(result.empty() ? "" : "&").append(formEncoded(name)).append("=").append(formEncoded(value));
    return result;
}

// ---- reading --------------------------------------------------------------------------------------------------------

inline std::string formDecoded(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned code = 0;
        const char* const digits = text.data() + at + 1;
        if (text[at] == '%' && at + 2 < text.size() &&
            std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
            result += static_cast<char>(code);
            at += 2;
        } else {
            result += text[at] == '+' ? ' ' : text[at];
        }
    }
    return result;
}

inline Form readForm(std::string_view body) {
    Form form;
    while (!body.empty()) {
        const auto end = std::min(body.find('&'), body.size());
        const auto field = body.substr(0, end);
        const auto equals = std::min(field.find('='), field.size());
        if (!field.empty())
            form.emplace_back(formDecoded(field.substr(0, equals)),
                              formDecoded(field.substr(std::min(equals + 1, field.size()))));
        body.remove_prefix(std::min(end + 1, body.size()));
    }
    return form;
}

/// The first of that name; empty where there is none.
inline std::string_view field(const Form& form, std::string_view name) {
    for (const auto& [key, value] : form)
        if (key == name) return value;
    return {};
}

/// A JSON value that somebody else wrote. Asking for what is not there, or is of another type, gives the empty value,
/// so that a provider that leaves a member out costs its plugin no check.
class Json {
public:
    /// None where it is not JSON, or is nested deeper than any answer would be.
    static std::optional<Json> parse(std::string_view text) {
        Reader reader{text};
        Json value;
        if (!reader.value(value, 0) || !reader.atEnd()) return std::nullopt;
        return value;
    }

    const Json& operator[](std::string_view key) const {
        const auto found = members_.find(key);
        return found == members_.end() ? none() : found->second;
    }
    /// Of an array.
    const std::vector<Json>& items() const { return items_; }
    /// A string's text; a number, true or false as it was written.
    const std::string& text() const { return text_; }
    std::int64_t integer() const {
        std::int64_t number = 0;
        std::from_chars(text_.data(), text_.data() + text_.size(), number);
        return number;
    }
    bool isArray() const { return kind_ == Kind::Array; }
    bool isObject() const { return kind_ == Kind::Object; }

private:
    enum class Kind { Null, Scalar, Array, Object };
    static constexpr int kDeepest = 32;

    static const Json& none() {
        static const Json empty;
        return empty;
    }

    class Reader {
    public:
        explicit Reader(std::string_view text) : rest_(text) {}

        bool value(Json& into, int depth) {
            if (depth > kDeepest) return false;
            skipBlanks();
            if (rest_.empty()) return false;
            if (rest_.front() == '{') return object(into, depth);
            if (rest_.front() == '[') return array(into, depth);
            if (rest_.front() == '"') {
                into.kind_ = Kind::Scalar;
                return string(into.text_);
            }
            return word(into);
        }
        bool atEnd() {
            skipBlanks();
            return rest_.empty();
        }

    private:
        void skipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
        bool accept(char wanted) {
            skipBlanks();
            if (!rest_.starts_with(wanted)) return false;
            rest_.remove_prefix(1);
            return true;
        }

        bool object(Json& into, int depth) {
            into.kind_ = Kind::Object;
            accept('{');
            if (accept('}')) return true;
            do {
                std::string key;
                skipBlanks();
                if (!string(key) || !accept(':') || !value(into.members_[key] = Json{}, depth + 1)) return false;
            } while (accept(','));
            return accept('}');
        }

        bool array(Json& into, int depth) {
            into.kind_ = Kind::Array;
            accept('[');
            if (accept(']')) return true;
            do {
                Json item;
                if (!value(item, depth + 1)) return false;
                into.items_.push_back(std::move(item));
            } while (accept(','));
            return accept(']');
        }

        /// Not by std::from_chars: some libraries have it for whole numbers only.
        static bool isNumber(const std::string& text) {
            std::istringstream digits{text};
            digits.imbue(std::locale::classic());
            double number = 0;
            return !text.starts_with('+') && digits >> number &&
                   digits.peek() == std::istringstream::traits_type::eof();
        }

        /// A number, true, false or null.
        bool word(Json& into) {
            const auto length = std::min(rest_.find_first_not_of("+-.0123456789aeflnrstuE"), rest_.size());
            const auto text = rest_.substr(0, length);
            rest_.remove_prefix(length);
            if (text == "null") return true;
            into.kind_ = Kind::Scalar;
            into.text_ = text;
            return isNumber(into.text_) || text == "true" || text == "false";
        }

        bool string(std::string& into) {
            try {
                sdk::FlatJson reader(rest_);
                into = reader.readText();
                rest_ = reader.rest();
                return true;
            } catch (const Failure&) {
                return false;
            }
        }

        std::string_view rest_;
    };

    Kind kind_ = Kind::Null;
    std::string text_;
    std::vector<Json> items_;
    std::map<std::string, Json, std::less<>> members_;
};

} // namespace rota::web
