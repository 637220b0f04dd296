#pragma once

#include "base/zone.hpp"
#include "domain/booking_rules.hpp"
#include "domain/job.hpp"
#include "domain/waitlist.hpp"

#include <string>
#include <vector>

namespace rota::app {

/// The clinic and its rules, from the configuration. Read once at start, never changed.
struct Clinic {
    std::string name;
    std::string address;
    std::string phone;
    std::string phoneCountry = "+1"; ///< prefix that makes a XXX-XXX-XXXX number E.164
    std::string email;               ///< where it is told what a person must look after; empty for nowhere
    std::vector<std::string> cancelWords{"CANCEL"}; ///< a text that is one of them cancels, see plainWord
    base::Zone zone{"America/New_York"};
    std::string cancellationPolicyUrl;
    std::string portalUrl;
    domain::BookingRules rules;
    domain::ReminderLeads leads;
    domain::WaitlistRules waitlist;
};

} // namespace rota::app
