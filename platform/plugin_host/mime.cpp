#include "plugin_host/mime.hpp"

#include "plugin_host/abi.hpp"

#include <Poco/Base64Encoder.h>
#include <Poco/Net/MailMessage.h>
#include <Poco/Net/MediaType.h>
#include <Poco/Net/MultipartWriter.h>
#include <Poco/Net/QuotedPrintableEncoder.h>
#include <Poco/Net/StringPartSource.h>
#include <Poco/Timestamp.h>

#include <algorithm>
#include <memory>
#include <sstream>

namespace rota::plugin_host {
namespace {

namespace net = Poco::Net;

/// With these, "=?UTF-8?B?" and the end an encoded word stays within the 75 bytes that RFC 2047 allows.
constexpr std::size_t kBytesOfAWord = 45;

bool isPlain(std::string_view text) {
    return std::ranges::all_of(text, [](unsigned char letter) { return letter >= 0x20 && letter < 0x7F; });
}

std::string base64(std::string_view text) {
    std::ostringstream out;
    Poco::Base64Encoder encoder(out);
    encoder.rdbuf()->setLineLength(0);
    encoder << text;
    encoder.close();
    return out.str();
}

/// How much of the text fits into one encoded word, without cutting a character.
std::size_t wordLength(std::string_view text) {
    auto length = std::min(text.size(), kBytesOfAWord);
    while (length < text.size() && length > 1 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        --length;
    return length;
}

std::string mailbox(std::string_view name, std::string_view address) {
    const std::string bracketed = "<" + std::string(address) + ">";
    if (name.empty()) return bracketed;
    if (!isPlain(name)) return encodedWords(name) + " " + bracketed;
    std::string quoted = "\"";
    for (const char letter : name)
        quoted.append(letter == '"' || letter == '\\' ? "\\" : "").append(1, letter);
    return quoted + "\" " + bracketed;
}

/// Lines end as mail has it, whatever the template's editor wrote.
std::string withCrLf(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
        result += text[at] == '\n' ? "\r\n" : std::string(1, text[at]);
    }
    return result;
}

void addAlternative(net::MultipartWriter& writer, std::ostream& out, const std::string& type, std::string_view text) {
    net::MessageHeader header;
    header.set("Content-Type", type + "; charset=UTF-8");
    header.set("Content-Transfer-Encoding", "quoted-printable");
    writer.nextPart(header);
    net::QuotedPrintableEncoder encoder(out);
    encoder << withCrLf(text);
    encoder.close();
}

/// The message's text, and its HTML for those who like that better.
std::unique_ptr<net::PartSource> alternatives(const rota_mail_message& message) {
    std::ostringstream out;
    net::MultipartWriter writer(out);
    addAlternative(writer, out, "text/plain", view(message.text));
    if (message.html.len > 0) addAlternative(writer, out, "text/html", view(message.html));
    writer.close();
    net::MediaType type("multipart", "alternative");
    type.setParameter("boundary", writer.boundary());
    return std::make_unique<net::StringPartSource>(out.str(), type.toString());
}

std::string fileName(std::string_view name) {
    std::string safe(name);
    std::ranges::replace_if(
        safe, [](unsigned char letter) { return letter < 0x20 || letter > 0x7E || letter == '"' || letter == '\\'; },
        '_');
    return safe;
}

} // namespace

std::string encodedWords(std::string_view text) {
    if (isPlain(text)) return std::string(text);
    std::string words;
    while (!text.empty()) {
        const auto length = wordLength(text);
        words.append(words.empty() ? "" : "\r\n ").append("=?UTF-8?B?" + base64(text.substr(0, length)) + "?=");
        text.remove_prefix(length);
    }
    return words;
}

std::string mimeOf(const rota_mail_message& message) {
    net::MailMessage mail;
    mail.set("From", mailbox(view(message.from_name), view(message.from)));
    mail.set("To", mailbox(view(message.to_name), view(message.to)));
    if (message.reply_to.len > 0) mail.set("Reply-To", mailbox({}, view(message.reply_to)));
    mail.setSubject(encodedWords(view(message.subject)));
    mail.setDate(Poco::Timestamp(message.date_ms * 1000));
    mail.set("Message-ID", "<" + std::string(view(message.message_id)) + ">");
    // So that nobody's "out of office" answers it.
    mail.set("Auto-Submitted", "auto-generated");
    mail.setContentType("multipart/mixed");
    mail.addContent(alternatives(message).release(), net::MailMessage::ENCODING_7BIT);
    for (std::uint32_t i = 0; i < message.attachment_count; ++i) {
        const auto* item = ROTA_AT(rota_attachment, message.attachments, message.attachment_stride, i);
        const std::string name = fileName(view(item->filename));
        auto source = std::make_unique<net::StringPartSource>(std::string(view(item->bytes)),
                                                              std::string(view(item->content_type)), name);
        mail.addAttachment(name, source.release(), net::MailMessage::ENCODING_BASE64);
    }
    std::ostringstream out;
    mail.write(out);
    return out.str();
}

} // namespace rota::plugin_host
