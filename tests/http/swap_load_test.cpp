#include "clinic.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

namespace rota::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// As many as this machine sends in a moment; the part `swap` of scripts/test --full sends 10,000.
int messages() {
    const char* wanted = std::getenv("ROTA_SWAP_MESSAGES");
    return wanted == nullptr ? 600 : std::atoi(wanted);
}
constexpr int kSwaps = 20;
/// Doctors that are booked meanwhile.
constexpr int kBooked = 100;

/// What a booking may take during swaps, in milliseconds: some times as long as without, or what nobody notices; more
/// where sanitizers watch every access on two busy processors.
double promised(double quiet) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr double kUnnoticed = 2000;
#else
    constexpr double kUnnoticed = 250;
#endif
    return std::max(5 * quiet, kUnnoticed);
}

class SwapLoadTest : public ::testing::Test {
protected:
    SwapLoadTest() {
        clinic_.start();
        ledger_ = clinic_.server->directory() / "entries";
        file_ = clinic_.server->directory() / "messages";
        insertDoctors("Booked", kBooked);
        clinic_.database.execute("INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time) SELECT id, day, "
                                 "'09:00', '17:00' FROM doctors, generate_series(1, 4) day WHERE specialty = 'Booked'");
        firstBooked_ = clinic_.database.number("SELECT MIN(id) FROM doctors WHERE specialty = 'Booked'");
    }

    void insertDoctors(const std::string& specialty, int count) {
        clinic_.database.execute(fmt::format("INSERT INTO doctors (name, specialty) SELECT 'Dr. {0} ' || n, '{0}' FROM "
                                             "generate_series(1, {1}) n",
                                             specialty, count));
    }
    /// So many more patients, each with an appointment and its confirmation, which is due now.
    void insertMessages(int count) {
        clinic_.database.execute(fmt::format(R"sql(
            WITH patient AS (
              INSERT INTO patients (name, email, phone, date_of_birth, name_key)
              SELECT 'Load ' || n, 'load' || n || '@example.com', '212-555-0100', '1990-01-01', 'load ' || n
                FROM generate_series({0}, {1}) n RETURNING id, substr(name, 6)::int AS n),
            appointment AS (
              INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
              SELECT (SELECT MIN(id) FROM doctors WHERE specialty = 'Load') + n % 50, id,
                     date_trunc('day', TIMESTAMP '{2}') + INTERVAL '10 days' + n / 50 * INTERVAL '30 minutes', 30,
                     'standard'
                FROM patient RETURNING id, patient_id, start_time)
            INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after,
                              created_at)
            SELECT 'confirmation', id, patient_id, 1, 'load ' || id, TIMESTAMP '{2}', start_time, TIMESTAMP '{2}'
              FROM appointment)sql",
                                             inserted_, inserted_ + count - 1, utcStamp()));
        inserted_ += count;
    }
    static std::string utcStamp() {
        auto text = utc(machineTime());
        return text.substr(0, 19);
    }

    /// Mails go by the ledger, whose build changes with each turn, or by an instance that is now of one plugin, now of
    /// another; by each of them two turns long, so that both are exchanged while they send.
    void swapTo(int turn) {
        const bool second = turn % 2 == 1;
        std::vector<std::string> settings{
            "channel.ledger.plugin = ledger",
            "channel.ledger.config.path = " + ledger_.string(),
            fmt::format("plugin.directories = {0}/tests/plugins/{1}, {0}/plugins", std::getenv("ROTA_BUILD_DIR"),
                        second ? "two" : "one"),
            fmt::format("channel.ledger.isolation = {}", turn % 5 == 4 ? "none" : "process"),
            fmt::format("channel.other.plugin = {}", second ? "file" : "console"),
            fmt::format("notify.email.channels = {}", turn / 2 % 2 == 0 ? "ledger" : "other")};
        if (second) settings.push_back("channel.other.config.path = " + file_.string());
        clinic_.server->configure(settings);
        const auto answer = HttpClient{clinic_.server->operationsPort()}.request("POST", "/admin/plugins/reload");
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    /// How long bookings take, one after the other, until `enough`. There are 70,400 times: more than fit into the
    /// test's five minutes.
    std::vector<steady_clock::duration> book(const std::function<bool(int)>& enough) {
        std::vector<steady_clock::duration> took;
        auto client = clinic_.connect();
        for (int i = 0; !enough(i); ++i, ++booked_) {
            const int half = booked_ / kBooked; // of an hour: 16 a day, four days a week
            const auto day = base::addDays(comingDay(std::chrono::Monday, 1 + half / 64), half / 16 % 4);
            const auto time = fmt::format("{:02}:{:02}", 9 + half % 16 / 2, half % 2 * 30);
            const auto began = steady_clock::now();
            const auto status =
                client.post("/api/appointments", booking(firstBooked_ + booked_ % kBooked, at(day, time))).status;
            took.push_back(steady_clock::now() - began);
            if (status != 201) ADD_FAILURE() << status;
            std::this_thread::sleep_for(5ms);
        }
        return took;
    }
    /// Whom `line` names in a text, as often as it does.
    static std::multiset<std::string> recipients(const std::string& text, const char* line) {
        std::multiset<std::string> all;
        const std::regex pattern(line);
        for (std::sregex_iterator found(text.begin(), text.end(), pattern), end; found != end; ++found)
            all.insert(found->str(1));
        return all;
    }
    static double p99(std::vector<steady_clock::duration> took) {
        std::ranges::sort(took);
        return std::chrono::duration<double, std::milli>(took.at(took.size() * 99 / 100)).count();
    }

    Clinic clinic_;
    std::filesystem::path ledger_;
    std::filesystem::path file_;
    std::int64_t firstBooked_ = 0;
    int booked_ = 0;
    int inserted_ = 0;
};

TEST_F(SwapLoadTest, NoMessageIsLostOrSentTwiceAndBookingGoesOn) {
    swapTo(0);
    insertDoctors("Load", 50);
    const auto unfinished = [&] {
        return clinic_.database.number("SELECT COUNT(*) FROM jobs WHERE dedupe_key LIKE 'load %' AND state IN "
                                       "('scheduled', 'retry', 'running')");
    };
    const auto insert = [&](int count) {
        insertMessages(count);
        // What was put past the program comes into an empty queue at once.
        redisCommand(clinic_.redis.url(), {"FLUSHALL"});
    };
    // Bookings while `work` puts messages in, and until all of these are sent.
    const auto bookingsDuring = [&](const std::function<void()>& work) {
        std::atomic<bool> done{false};
        std::vector<steady_clock::duration> took;
        std::thread patients([&] { took = book([&](int i) { return i >= 100 && done; }); });
        work();
        for (const auto end = steady_clock::now() + 300s; unfinished() > 0 && steady_clock::now() < end;)
            std::this_thread::sleep_for(200ms);
        done = true;
        patients.join();
        return took;
    };
    const int before = messages() / 4;
    const auto quiet = p99(bookingsDuring([&] { insert(before); }));
    const auto busy = bookingsDuring([&] {
        for (int i = 1; i <= kSwaps; ++i) {
            insert(messages() / kSwaps);
            EXPECT_GT(unfinished(), 0) << "nothing is on its way when it is swapped";
            swapTo(i);
        }
    });

    EXPECT_EQ(clinic_.database.value("SELECT string_agg(DISTINCT state, ' ') "
                                     "FROM jobs WHERE dedupe_key LIKE 'load %'"),
              "sent");
    std::map<std::string, int> written;
    std::map<std::string, int> byBuild;
    std::ifstream ledger(ledger_);
    for (std::string build, id; ledger >> build >> id;) {
        ++written[id];
        ++byBuild[build];
    }
    EXPECT_EQ(byBuild.size(), 2U);
    const auto shown = recipients(clinic_.server->output(), "EMAIL SENT: To (load[0-9]+)@");
    std::ostringstream filed;
    filed << std::ifstream(file_).rdbuf();
    const auto inFile = recipients(filed.str(), "\"to\": \"(load[0-9]+)@");
    int onLedger = 0;
    for (const auto& row : clinic_.database.column("SELECT j.id || ' load' || substr(p.name, 6) FROM jobs j JOIN "
                                                   "patients p ON p.id = j.patient_id WHERE dedupe_key LIKE 'load "
                                                   "%'")) {
        const auto split = row.find(' ');
        const auto byLedger = written["rota-" + row.substr(0, split)];
        onLedger += byLedger;
        const auto patient = row.substr(split + 1);
        ASSERT_EQ(static_cast<std::size_t>(byLedger) + shown.count(patient) + inFile.count(patient), 1U) << row;
    }
    EXPECT_GT(onLedger, 0);
    EXPECT_FALSE(shown.empty());
    EXPECT_FALSE(inFile.empty());
    EXPECT_LT(p99(busy), promised(quiet));
    fmt::print("{} messages, {} swaps: {} by the ledger, {} on the console, {} in the file; "
               "bookings' p99 {:.1f} ms without swaps, {:.1f} ms "
               "during {} of them\n",
               before + messages(), kSwaps, onLedger, shown.size(), inFile.size(), quiet, p99(busy), busy.size());
    EXPECT_EQ(clinic_.server->stop(), 0) << clinic_.server->output().substr(0, 20'000);
}

} // namespace
} // namespace rota::testing
