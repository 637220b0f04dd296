#include "app/receive_callback.hpp"

namespace rota::app {

ReceiveCallback::ReceiveCallback(const ChannelRegistry& channels, RecordDeliveryEvent& recordEvent,
                                 AnswerInboundText& answerText)
    : channels_(channels), recordEvent_(recordEvent), answerText_(answerText) {}

tl::expected<WebhookReply, WebhookRefused> ReceiveCallback::operator()(const std::string& instance,
                                                                       const WebhookRequest& request) {
    const auto channel = channels_.find(instance);
    if (!channel) return tl::unexpected(WebhookRefused{WebhookRefused::Reason::NotOffered, "no such channel"});
    const auto content = channel->webhook(request);
    if (!content) return tl::unexpected(content.error());
    recordEvent_(instance, content->events);
    for (const auto& text : content->texts)
        answerText_(instance, text);
    return content->reply;
}

} // namespace rota::app
