#include "app/preview_message.hpp"
#include "base/clock.hpp"
#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"

#include <iostream>

namespace rota::ctl {
namespace {

std::string knownKinds() {
    std::string names;
    for (const auto kind : app::Templates::kinds())
        names += (names.empty() ? "" : ", ") + std::string(domain::toString(kind));
    return names;
}

domain::JobKind messageKindOf(const std::string& name) {
    const auto kind = domain::parseJobKind(name);
    if (!kind || !domain::mediumOf(*kind))
        throw Stop(kUsage, "there is no message '" + name + "'; there are: " + knownKinds());
    return *kind;
}

domain::Language languageOf(const std::string& name) {
    const auto language = domain::parseLanguage(name);
    if (!language) throw Stop(kUsage, "--language '" + name + "' must be en or es");
    return *language;
}

app::Templates templatesOf(const server::Settings& settings) {
    std::vector<app::Templates::Problem> problems;
    auto templates = app::Templates::load(settings.templateDirectory, problems);
    std::string lines;
    for (const auto& problem : problems)
        lines += (lines.empty() ? "" : "\n") + problem.file + ": " + problem.message;
    if (!problems.empty()) throw Stop(kConfiguration, lines);
    return templates;
}

ExitCode runPreview(const Arguments& arguments) {
    if (arguments.has("html") && arguments.has("text")) throw Stop(kUsage, "give --html or --text, not both");
    const auto kind = messageKindOf(arguments.operands.at(0));
    const auto language = languageOf(arguments.value("language", "en"));
    const auto loaded = loadConfiguration(arguments, {"clinic."});
    const auto now = base::SystemClock{}.now();
    const auto message = app::previewMessage(templatesOf(loaded.settings), loaded.settings.clinic, kind, language, now);

    if (arguments.has("html")) {
        if (message.html.empty()) throw Stop(kUsage, "a text message has no HTML");
        std::cout << message.html << "\n";
        return kOk;
    }
    if (!arguments.has("text")) {
        std::cout << "To: " << message.to << "\n";
        if (!message.subject.empty()) std::cout << "Subject: " << message.subject << "\n";
        std::cout << "\n";
    }
    std::cout << message.text << "\n";
    return kOk;
}

} // namespace

Command templatePreview() {
    return {.name = "template preview",
            .operands = "NAME",
            .least = 1,
            .most = 1,
            .summary = "Shows a message as a patient would get it.",
            .details = "With a made-up visit tomorrow at 9:00. NAME is one of " + knownKinds() + ".",
            .options = {configOption(),
                        {"language", "en (where nothing is said) or es", "LANGUAGE"},
                        {"html", "the HTML alone, to be opened in a browser"},
                        {"text", "the text alone"}},
            .run = &runPreview};
}

} // namespace rota::ctl
