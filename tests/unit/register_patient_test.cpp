#include "app/register_patient.hpp"
#include "unit/clinic_in_memory.hpp"

namespace rota::app {
namespace {

class RegisterPatientTest : public testing::ClinicInMemory {
protected:
    tl::expected<PatientStore::Registered, std::vector<domain::FieldError>> enter(domain::PatientForm form) {
        return RegisterPatient{patients_, clock_, clinic_}(form);
    }
};

TEST_F(RegisterPatientTest, CreatesOnce) {
    const auto first = enter({"Zoë Núñez", "zoe@example.org", "555-010-0199", "1984-02-29"});
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->created);
    const auto again = enter({"zoe nunez", "ZOE@example.org", "555-010-0000", "1984-02-29"});
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->created);
    EXPECT_EQ(again->patient.id, first->patient.id);
    EXPECT_EQ(again->patient.phone, "555-010-0199");
}

TEST_F(RegisterPatientTest, TellsWhatIsWrong) {
    const auto refused = enter({"Zoë Núñez", "zoe", "555-010-0199", "1984-02-29"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), (std::vector<domain::FieldError>{{"email", "Invalid email format"}}));
}

TEST_F(RegisterPatientTest, TodayIsTheClinicsDay) {
    clock_.set(at(23)); // Wednesday already in UTC
    EXPECT_FALSE(enter({"Baby Example", "a@example.org", "555-010-0199", "2026-03-10"}));
    EXPECT_TRUE(enter({"Baby Example", "a@example.org", "555-010-0199", "2026-03-09"}));
}

} // namespace
} // namespace rota::app
