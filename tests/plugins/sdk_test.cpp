#include "support.hpp"

#include <rota/plugin.hpp>

#include <nlohmann/json.hpp>
#include <rapidcheck.h>

namespace rota::testing {
namespace {

using Json = nlohmann::json;

class Minimal : public Channel {
public:
    static constexpr About about{.id = "minimal"};
    Receipt send(const Call&, const Message&) override { return {}; }
};

class Privately : public Minimal {
    void health(const Call&) override {}
    WebhookResult webhook(const Call&, const WebhookRequest& request) override {
        WebhookResult result;
        if (request.headers.at("x-signature") != "good") throw Failure(ROTA_AUTH, "signature");
        result.events.push_back(
            {EventType::Delivered, request.received, "e1", "p1", "", "", "", std::string(request.body)});
        result.texts.push_back({request.received, "t1", "+1", "+2", "CANCEL"});
        result.status = 200;
        result.contentType = "text/xml";
        result.body = "<Response/>";
        return result;
    }
};

TEST(Sdk, OffersOnlyWhatTheAuthorWrote) {
    const auto& minimal = sdk::ChannelTable<Minimal>::kTable;
    EXPECT_NE(minimal.send, nullptr);
    EXPECT_EQ(minimal.check_recipient, nullptr);
    EXPECT_EQ(minimal.status, nullptr);
    EXPECT_EQ(minimal.health, nullptr);
    EXPECT_EQ(minimal.webhook, nullptr);
    const auto& privately = sdk::ChannelTable<Privately>::kTable;
    EXPECT_EQ(privately.status, nullptr);
    EXPECT_NE(privately.health, nullptr);
    EXPECT_NE(privately.webhook, nullptr);
}

TEST(Sdk, PassesACallbackThrough) {
    Privately plugin;
    rota_instance self{};
    self.data = &plugin;
    rota_call call{};
    std::vector<std::string> seen;
    rota_webhook_sink sink{sizeof sink, 0, &seen,
                           [](void* ctx, const rota_event* event) -> rota_status {
                               static_cast<std::vector<std::string>*>(ctx)->emplace_back(sdk::view(event->detail));
                               return ROTA_OK;
                           },
                           [](void* ctx, const rota_inbound_text* text) -> rota_status {
                               static_cast<std::vector<std::string>*>(ctx)->emplace_back(sdk::view(text->text));
                               return ROTA_OK;
                           }};
    // A header of a newer host is longer than the one that this plugin knows.
    struct NewerHeader {
        rota_http_header known;
        std::uint64_t more;
    } headers[] = {{{sizeof(NewerHeader), 0, sdk::borrowed("date"), sdk::borrowed("today")}, 1},
                   {{sizeof(NewerHeader), 0, sdk::borrowed("x-signature"), sdk::borrowed("good")}, 2}};
    rota_webhook_request request{};
    request.body = sdk::borrowed("the body");
    request.headers = &headers[0].known;
    request.header_count = 2;
    request.header_stride = sizeof(NewerHeader);
    rota_webhook_reply reply{};
    rota_error error{};

    const auto webhook = sdk::ChannelTable<Privately>::kTable.webhook;
    EXPECT_EQ(webhook(&self, &call, &request, &sink, &reply, &error), ROTA_OK) << error.message;
    EXPECT_EQ(seen, (std::vector<std::string>{"the body", "CANCEL"}));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(std::string(reply.body, reply.body_length), "<Response/>");

    headers[1].known.value = sdk::borrowed("bad");
    EXPECT_EQ(webhook(&self, &call, &request, &sink, &reply, &error), ROTA_AUTH);
    EXPECT_EQ(seen.size(), 2U);
}

TEST(Sdk, ReadsWhatTheHostWrites) {
    EXPECT_TRUE(rc::check([](const std::map<std::string, std::string>& texts, const std::vector<std::int64_t>& numbers,
                             bool flag, double real) {
        Json object = Json::object();
        for (const auto& [key, text] : texts)
            object["t" + Json(key).dump(-1, ' ', true, Json::error_handler_t::replace)] =
                Json::parse(Json(text).dump(-1, ' ', true, Json::error_handler_t::replace));
        for (std::size_t i = 0; i < numbers.size(); ++i)
            object["n" + std::to_string(i)] = numbers[i];
        object["flag"] = flag;
        object["real"] = real;
        for (const bool ascii : {false, true}) {
            const auto config = sdk::FlatJson(object.dump(-1, ' ', ascii)).read();
            for (const auto& [key, value] : object.items())
                if (value.is_string()) RC_ASSERT(config.text(key) == value.get<std::string>());
            for (std::size_t i = 0; i < numbers.size(); ++i)
                RC_ASSERT(config.integer("n" + std::to_string(i)) == numbers[i]);
            RC_ASSERT(config.flag("flag") == flag);
            RC_ASSERT(config.number("real") == real);
        }
    }));
}

TEST(Sdk, ReadsEscapes) {
    const auto config = sdk::FlatJson(R"( { "a" : "\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t" , "b":1e2, "c" : -7 } )").read();
    EXPECT_EQ(config.text("a"), "é😀\"\\/\b\f\n\r\t");
    EXPECT_EQ(config.number("b"), 100);
    EXPECT_EQ(config.number("c"), -7);
    EXPECT_FALSE(sdk::FlatJson("{}").read().has("a"));
}

TEST(Sdk, ReadsHalfAPairAsTheCharacterThatStandsForNone) {
    const auto config = sdk::FlatJson(R"({"a":"\ud83d!","b":"\ude00!","c":"\ud83d\u0041!"})").read();
    for (const auto* key : {"a", "b", "c"})
        EXPECT_EQ(config.text(key), "\ufffd!") << key;
}

TEST(Sdk, RefusesBrokenConfigurations) {
    for (const char* json : {"", "{", "[]", R"({"a")", R"({"a":})", R"({"a":"x)", R"({"a":"\u12"})", R"({"a":"\q"})",
                             R"({"a":null})", R"({"a":1.2.3})", R"({"a":[1]})"})
        EXPECT_THROW(sdk::FlatJson(json).read(), Failure) << json;
}

TEST(Sdk, NamesTheKeyOfAWrongValue) {
    const auto config = sdk::FlatJson(R"({"a":"x"})").read();
    try {
        config.integer("a");
        FAIL() << "took a text for a number";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.status(), ROTA_CONFIG);
        EXPECT_EQ(failure.configPointer(), "/a");
    }
    EXPECT_EQ(config.integer("b", 5), 5);
    EXPECT_THROW(config.text("b"), Failure);
}

TEST(Sdk, CutsTextsAtACharactersBorder) {
    char small[6];
    sdk::copyText(small, "abcé€");
    EXPECT_STREQ(small, "abcé");
    sdk::copyText(small, "abcd€");
    EXPECT_STREQ(small, "abcd");
    sdk::copyText(small, "abcde");
    EXPECT_STREQ(small, "abcde");
    sdk::copyText(small, "");
    EXPECT_STREQ(small, "");
}

} // namespace
} // namespace rota::testing
