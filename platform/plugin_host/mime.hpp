#pragma once

#include <rota/mail.h>

#include <string>

namespace rota::plugin_host {

/// The message as it goes over the wire, with CRLF: multipart/mixed of the texts, as alternatives, and the attachments.
std::string mimeOf(const rota_mail_message& message);

/// A header's text as RFC 2047 has it: as it is where it is plain ASCII, else in encoded words, folded.
std::string encodedWords(std::string_view text);

} // namespace rota::plugin_host
