#include "app/answer_inbound_text.hpp"
#include "app/book_appointment.hpp"
#include "app/ports/errors.hpp"
#include "unit/clinic_in_memory.hpp"

#include <set>

namespace rota::app {
namespace {

using namespace std::chrono_literals;

/// Answers what it is told to, and remembers what it was asked.
class ScriptedReplies final : public ReplyStore {
public:
    std::vector<base::AppointmentId> reminded(const std::string& phone, base::Instant) override {
        phones.push_back(phone);
        return appointments;
    }
    std::vector<QueuedJob> announceUnclear(const std::string&, const std::string& text, bool clinicToo,
                                           base::Instant now) override {
        if (failing) throw StorageError("08006", "", "away");
        announced.push_back(text + (clinicToo ? " to all" : " to patients"));
        return {{base::JobId{900}, now}};
    }

    std::vector<base::AppointmentId> appointments;
    std::vector<std::string> phones;
    std::vector<std::string> announced;
    bool failing = false;
};

class RememberedEvents final : public ProviderEventStore {
public:
    bool seen(const std::string& channel, const std::string& id, base::Instant) override {
        return known_.contains(channel + id);
    }
    bool remember(const std::string& channel, const std::string& id, base::Instant) override {
        return known_.insert(channel + id).second;
    }

private:
    std::set<std::string> known_;
};

class AnswerInboundTextTest : public testing::ClinicInMemory {
protected:
    AnswerInboundTextTest() {
        clinic_.email = "desk@clinic.example";
        booked_ = BookAppointment{appointments_, policies_, queue_, clock_, clinic_}(wanted(at(9)))->id;
        replies_.appointments = {booked_};
    }

    void comes(const std::string& text, const std::string& id = "SM1", const std::string& from = "+12125550101") {
        CancelAppointment cancel{appointments_, deliveries_, queue_, clock_, clinic_, [](base::Milliseconds) {}};
        AnswerInboundText{replies_, events_, cancel, queue_, clock_, clinic_}(
            "twilio", {.received = clock_.now(), .eventId = id, .from = from, .to = "+15550100000", .text = text});
    }
    bool stands() { return appointments_.find(booked_)->appointment.status == domain::AppointmentStatus::Scheduled; }

    ScriptedReplies replies_;
    RememberedEvents events_;
    base::AppointmentId booked_;
};

TEST_F(AnswerInboundTextTest, CancelsTheAppointmentOfTheReminder) {
    comes(" Cancel. ");
    EXPECT_FALSE(stands());
    EXPECT_EQ(replies_.phones, std::vector<std::string>{"212-555-0101"});
    EXPECT_TRUE(replies_.announced.empty());
}

TEST_F(AnswerInboundTextTest, TheFeeIsAsInThePortal) {
    clock_.set(at(9) - 2h);
    comes("CANCEL");
    EXPECT_TRUE(appointments_.find(booked_)->appointment.cancellationFeeApplied);
}

// A family on one phone: cancelling one of their appointments by luck is worse than cancelling none.
TEST_F(AnswerInboundTextTest, CancelsNothingWhereItMayMeanSeveralOrNone) {
    replies_.appointments.push_back(booked_);
    comes("CANCEL", "SM1");
    EXPECT_TRUE(stands());
    replies_.appointments.clear();
    comes("CANCEL", "SM2");
    EXPECT_TRUE(stands());
    EXPECT_EQ(replies_.announced, (std::vector<std::string>{"text:SM1 to all", "text:SM2 to all"}));
    EXPECT_TRUE(queue_.due().contains(base::JobId{900}));
}

TEST_F(AnswerInboundTextTest, AClinicWithoutAnAddressIsNotWritten) {
    clinic_.email.clear();
    replies_.appointments.clear();
    comes("CANCEL");
    EXPECT_EQ(replies_.announced, std::vector<std::string>{"text:SM1 to patients"});
}

// Providers repeat a callback whose answer they did not get.
TEST_F(AnswerInboundTextTest, ATextThatComesTwiceCountsOnce) {
    comes("CANCEL");
    replies_.appointments.clear();
    comes("CANCEL");
    EXPECT_TRUE(replies_.announced.empty());

    replies_.failing = true;
    EXPECT_THROW(comes("CANCEL", "SM2"), StorageError);
    replies_.failing = false;
    comes("CANCEL", "SM2");
    EXPECT_EQ(replies_.announced, std::vector<std::string>{"text:SM2 to all"});
}

TEST_F(AnswerInboundTextTest, OtherWordsAndForeignNumbersChangeNothing) {
    for (const char* text : {"", "Where are you?", "Please cancel", "START", "CANCELLED"})
        comes(text, std::string("id of ") + text);
    comes("CANCEL", "SM1", "+4912345678901");
    comes("CANCEL", "SM2", "+1212555010");
    comes("CANCEL", "SM3", "SHOP");
    EXPECT_TRUE(stands());
    EXPECT_TRUE(replies_.phones.empty());
}

TEST_F(AnswerInboundTextTest, TheClinicChoosesTheWords) {
    clinic_.cancelWords = {"2"};
    comes("CANCEL", "SM1");
    EXPECT_TRUE(stands());
    comes("2", "SM2");
    EXPECT_FALSE(stands());
}

TEST(InboundWord, IsComparedWithoutCaseAndPunctuation) {
    EXPECT_EQ(plainWord(" Cancel. "), "CANCEL");
    EXPECT_EQ(plainWord("cancel\nplease"), "CANCEL PLEASE");
    EXPECT_EQ(plainWord("2"), "2");
    EXPECT_EQ(plainWord("..."), "");
}

} // namespace
} // namespace rota::app
