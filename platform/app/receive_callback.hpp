#pragma once

#include "app/answer_inbound_text.hpp"
#include "app/ports/channel.hpp"
#include "app/record_delivery_event.hpp"

#include <tl/expected.hpp>

#include <string>

namespace rota::app {

/// Takes in a provider's callback: the channel it is for checks it, what it reports is recorded, texts of patients are
/// acted on. The reply is for the provider, once all of that is done. Throws StorageError: then the provider is to call
/// again. [thread-safe]
class ReceiveCallback {
public:
    ReceiveCallback(const ChannelRegistry& channels, RecordDeliveryEvent& recordEvent, AnswerInboundText& answerText);

    tl::expected<WebhookReply, WebhookRefused> operator()(const std::string& instance, const WebhookRequest& request);

private:
    const ChannelRegistry& channels_;
    RecordDeliveryEvent& recordEvent_;
    AnswerInboundText& answerText_;
};

} // namespace rota::app
