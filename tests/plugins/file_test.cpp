#include "support.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <sstream>
#include <thread>

namespace rota::testing {
namespace {

using app::SendStatus;
using domain::Medium;
using Json = nlohmann::json;

class FileChannelTest : public ::testing::Test {
protected:
    void load(const std::string& path, const std::string& sync = "false") {
        host_ = loaded(settingsWith("file", Medium::Email, {{"path", path}, {"sync", sync}}), clock_);
        channel_ = host_->channels(Medium::Email).at(0);
    }

    TemporaryDirectory directory_;
    const std::string path_ = directory_.path() + "/sent.jsonl";
    FixedClock clock_;
    std::unique_ptr<plugin_host::PluginHost> host_;
    std::shared_ptr<app::Channel> channel_;
};

TEST_F(FileChannelTest, AppendsEveryMessageAsALineOfJson) {
    load(path_, "true");
    auto message = email("emma@example.com");
    message.text = "A \"quote\",\na break, a tab\t and é";
    message.attachments.push_back({"visit.ics", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR"});
    EXPECT_EQ(channel_->send(message, 1).status, SendStatus::Sent);
    EXPECT_EQ(channel_->send(sms("+15550100123"), 1).status, SendStatus::Sent);

    std::istringstream lines(readFile(path_));
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    const auto first = Json::parse(line);
    EXPECT_EQ(first["at_ms"], base::toUnixMs(clock_.now()));
    EXPECT_EQ(first["medium"], "email");
    EXPECT_EQ(first["delivery_id"], "delivery-7");
    EXPECT_EQ(first["to"], "emma@example.com");
    EXPECT_EQ(first["to_name"], "Emma Wilson");
    EXPECT_EQ(first["text"], message.text);
    EXPECT_EQ(first["html"], message.html);
    EXPECT_EQ(first["attachments"][0]["base64"], "QkVHSU46VkNBTEVOREFS");
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(Json::parse(line)["medium"], "sms");
    EXPECT_FALSE(std::getline(lines, line));
}

TEST_F(FileChannelTest, LinesOfManyThreadsStayWhole) {
    load(path_);
    auto message = email("emma@example.com");
    message.text = std::string(5000, 'x');
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int j = 0; j < 50; ++j)
                    channel_->send(message, 1);
            });
    }
    std::istringstream lines(readFile(path_));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        ASSERT_TRUE(Json::accept(line));
    EXPECT_EQ(count, 200);
}

TEST_F(FileChannelTest, TheFileMayBeRotatedAway) {
    load(path_);
    channel_->send(email("emma@example.com"), 1);
    std::rename(path_.c_str(), (path_ + ".1").c_str());
    EXPECT_EQ(channel_->send(email("emma@example.com"), 1).status, SendStatus::Sent);
    EXPECT_EQ(readFile(path_), readFile(path_ + ".1"));
}

TEST_F(FileChannelTest, NothingIsKeptInDevNull) {
    load("/dev/null", "true");
    EXPECT_EQ(channel_->send(email("emma@example.com"), 1).status, SendStatus::Sent);
}

TEST_F(FileChannelTest, WritesNothingTooLate) {
    load(path_);
    auto message = email("emma@example.com");
    message.notAfter = clock_.now();
    EXPECT_EQ(channel_->send(message, 1).status, SendStatus::Failed);
    EXPECT_EQ(readFile(path_), "");
}

TEST_F(FileChannelTest, AFileThatCannotBeWrittenIsSaidAtTheStart) {
    const auto problem = theProblem(settingsWith("file", Medium::Email, {{"path", directory_.path() + "/no/such"}}));
    EXPECT_NE(problem.text().find("cannot be written"), std::string::npos) << problem.text();
    EXPECT_EQ(theProblem(settingsWith("file", Medium::Email, {{"path", "sent.jsonl"}})).code,
              plugin_host::problem::kValue);
}

// Somebody who may write to the folder must not lead the server to another file.
TEST_F(FileChannelTest, ALinkIsNotFollowed) {
    const auto target = directory_.write("passwords", "");
    std::filesystem::create_symlink(target, path_);
    EXPECT_EQ(theProblem(settingsWith("file", Medium::Email, {{"path", path_}})).code, plugin_host::problem::kActivate);
}

} // namespace
} // namespace rota::testing
