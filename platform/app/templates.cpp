#include "app/templates.hpp"

#include "base/money.hpp"
#include "base/text.hpp"
#include "domain/doctor.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace rota::app {
namespace {

using domain::JobKind;
using domain::Language;
using domain::Medium;

/// What a template may name.
constexpr std::array<std::string_view, 13> kNames{
    "patient_name", "doctor_name",    "date",           "time",         "day",
    "duration",     "clinic_name",    "clinic_address", "clinic_phone", "cancellation_policy_url",
    "portal_url",   "appointment_id", "late_fee"};
using Values = std::array<std::string, kNames.size()>;

std::string knownNames() {
    return fmt::format("{}", fmt::join(kNames, ", "));
}

std::string escapedForHtml(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string filledIn(const std::string& text, const Values& values) {
    fmt::dynamic_format_arg_store<fmt::format_context> arguments;
    for (std::size_t i = 0; i < kNames.size(); ++i)
        arguments.push_back(fmt::arg(kNames[i].data(), std::cref(values[i])));
    return fmt::vformat(text, arguments);
}

constexpr std::array kWeekdaysEs{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"};
constexpr std::array kMonthsEs{"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
                               "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};

/// "Tuesday, March 10, 2026", "martes, 10 de marzo de 2026"
std::string longDate(base::Date date, Language language) {
    if (language == Language::English) return base::formatLongDate(date);
    return fmt::format("{}, {} de {} de {}", kWeekdaysEs.at(base::dayOfWeek(date)), static_cast<unsigned>(date.day()),
                       kMonthsEs.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()));
}

/// "9:00 AM", "9:00 a. m."
std::string clockTime(base::Minutes sinceMidnight, Language language) {
    auto text = base::formatClockTime(sinceMidnight);
    if (language == Language::English) return text;
    const bool morning = text.ends_with("AM");
    return text.substr(0, text.size() - 2) + (morning ? "a. m." : "p. m.");
}

std::string dayInWords(base::Date day, base::Date today, Language language) {
    const bool english = language == Language::English;
    if (day == today) return english ? "today" : "hoy";
    if (day == base::addDays(today, 1)) return english ? "tomorrow" : "mañana";
    return (english ? "on " : "el ") + longDate(day, language);
}

/// The sentence that a late cancellation adds, with the space before it; empty where no fee applies.
std::string lateFee(const domain::Appointment& appointment, const Clinic& clinic, Language language) {
    if (!appointment.cancellationFeeApplied) return "";
    const auto fee = base::formatMoney(clinic.rules.feeCents);
    return language == Language::English ? fmt::format(" A {} late cancellation fee applies.", fee)
                                         : fmt::format(" Se aplica un cargo de {} por cancelación tardía.", fee);
}

/// As the job's patient wants it; the clinic's own mail is not theirs to choose.
Language languageOf(const ClaimedJob& job) {
    return job.kind == JobKind::UnclearReplyAlert ? Language::English : job.preferences.language;
}

/// These tell of a text that fits no appointment.
bool tellsOfNone(JobKind kind) {
    return kind == JobKind::UnclearReplyNotice || kind == JobKind::UnclearReplyAlert;
}

Values valuesOf(const ClaimedJob& job, const Clinic& clinic, base::Instant now) {
    if (!job.appointment && !tellsOfNone(job.kind)) throw std::runtime_error("the job has no appointment to tell of");
    const auto appointment = job.appointment.value_or(domain::Appointment{});
    const auto start = clinic.zone.toLocal(appointment.start);
    Values values{job.patientName,
                  domain::nameWithoutTitle(job.doctorName),
                  longDate(start.date, job.preferences.language),
                  clockTime(start.minutes(), job.preferences.language),
                  dayInWords(start.date, clinic.zone.toLocal(now).date, job.preferences.language),
                  std::to_string(appointment.duration.count()),
                  clinic.name,
                  clinic.address,
                  clinic.phone,
                  clinic.cancellationPolicyUrl,
                  clinic.portalUrl,
                  std::to_string(appointment.id.value),
                  lateFee(appointment, clinic, job.preferences.language)};
    for (auto& value : values)
        value = base::onOneLine(std::move(value));
    return values;
}

/// What fmt would only call "argument not found": the first name that is not known.
std::optional<std::string> unknownName(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '{') continue;
        if (i + 1 < text.size() && text[i + 1] == '{') {
            ++i;
            continue;
        }
        const auto end = text.find_first_of(":}", i);
        auto name = text.substr(i + 1, end == std::string::npos ? std::string::npos : end - i - 1);
        if (std::ranges::find(kNames, name) == kNames.end()) return name;
        i += name.size();
    }
    return std::nullopt;
}

std::optional<std::string> problemIn(const std::string& text) {
    if (text.empty()) return "is empty";
    if (const auto name = unknownName(text))
        return fmt::format("names {{{}}}, which is not known; known are {}; a literal brace is written twice", *name,
                           knownNames());
    try {
        filledIn(text, Values{});
        return std::nullopt;
    } catch (const fmt::format_error& error) {
        return fmt::format("cannot be read: {}; a placeholder is {{name}}, a literal brace is written twice",
                           error.what());
    }
}

std::string readTrimmed(const std::filesystem::path& path, std::vector<Templates::Problem>& problems) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        problems.push_back({path.string(), "is missing or cannot be opened"});
        return {};
    }
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    if (auto problem = problemIn(text)) problems.push_back({path.string(), *std::move(problem)});
    return text;
}

} // namespace

struct Templates::Texts {
    struct Kind {
        std::string subject;
        std::string text;
        std::string html;
    };
    std::map<Language, std::map<JobKind, Kind>> languages; ///< without those that are not there
};

Templates::Templates() : texts_(std::make_shared<const Texts>()) {}
Templates::~Templates() = default;
Templates::Templates(Templates&& other) noexcept : texts_(other.current()) {}

Templates& Templates::operator=(Templates&& other) noexcept {
    auto texts = other.current();
    const std::scoped_lock lock(mutex_);
    texts_ = std::move(texts);
    return *this;
}

std::shared_ptr<const Templates::Texts> Templates::current() const {
    const std::scoped_lock lock(mutex_);
    return texts_;
}

std::span<const JobKind> Templates::kinds() {
    static const std::vector<JobKind> kinds = [] {
        std::vector<JobKind> messages;
        std::ranges::copy_if(domain::kJobKinds, std::back_inserter(messages),
                             [](JobKind kind) { return domain::mediumOf(kind).has_value(); });
        return messages;
    }();
    return kinds;
}

Templates Templates::load(const std::filesystem::path& directory, std::vector<Problem>& problems) {
    auto all = std::make_shared<Texts>();
    readInto(*all, Language::English, directory, problems);
    const auto spanish = directory / toString(Language::Spanish);
    if (std::filesystem::is_directory(spanish)) readInto(*all, Language::Spanish, spanish, problems);
    Templates templates;
    templates.texts_ = std::move(all);
    return templates;
}

void Templates::readInto(Texts& all, Language language, const std::filesystem::path& directory,
                         std::vector<Problem>& problems) {
    for (const JobKind kind : kinds()) {
        if (kind == JobKind::UnclearReplyAlert && language != Language::English) continue;
        const std::string name{toString(kind)};
        auto& texts = all.languages[language][kind];
        texts.text = readTrimmed(directory / (name + ".txt"), problems);
        if (domain::mediumOf(kind) != Medium::Email) continue;
        texts.html = readTrimmed(directory / (name + ".html"), problems);
        const auto subject = directory / (name + ".subject.txt");
        texts.subject = readTrimmed(subject, problems);
        if (texts.subject.find('\n') != std::string::npos)
            problems.push_back({subject.string(), "has more than one line"});
    }
}

Message Templates::render(const ClaimedJob& job, const Clinic& clinic, base::Instant now) const {
    const auto all = current();
    auto language = all->languages.find(languageOf(job));
    if (language == all->languages.end()) language = all->languages.find(Language::English);
    const auto none = "there are no templates for jobs of the kind " + std::string(toString(job.kind));
    if (language == all->languages.end()) throw std::runtime_error(none);
    const auto texts = language->second.find(job.kind);
    if (texts == language->second.end()) throw std::runtime_error(none);

    // Dates in the language of the texts, which may not be the one that was wished for.
    auto told = job;
    told.preferences.language = language->first;
    const Values values = valuesOf(told, clinic, now);
    Values escaped;
    std::ranges::transform(values, escaped.begin(), escapedForHtml);

    Message message;
    message.medium = domain::mediumOf(job.kind).value();
    message.subject = filledIn(texts->second.subject, values);
    message.text = filledIn(texts->second.text, values);
    message.html = filledIn(texts->second.html, escaped);
    message.locale = language->first == Language::Spanish ? "es-US" : "en-US";
    message.notAfter = job.notAfter;
    return message;
}

} // namespace rota::app
