#include "ctl/dispatch.hpp"

#include "base/version.hpp"
#include "ctl/commands.hpp"

#include <Poco/Exception.h>
#include <Poco/Util/HelpFormatter.h>
#include <Poco/Util/Option.h>
#include <Poco/Util/OptionProcessor.h>
#include <Poco/Util/OptionSet.h>

#include <algorithm>
#include <iostream>

namespace rota::ctl {
namespace {

Poco::Util::OptionSet optionSet(const Command& command) {
    Poco::Util::OptionSet options;
    options.addOption(Poco::Util::Option("help", "h", "Say how this is used."));
    for (const auto& option : command.options) {
        Poco::Util::Option made(option.name, "", option.help);
        if (!option.argument.empty()) made.argument(option.argument);
        options.addOption(made);
    }
    return options;
}

/// Options may stand anywhere; behind "--" everything is an operand.
Arguments read(const Command& command, const std::vector<std::string>& words) {
    const auto options = optionSet(command);
    Poco::Util::OptionProcessor processor(options);
    processor.setUnixStyle(true);
    Arguments arguments;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--") {
            arguments.operands.insert(arguments.operands.end(), words.begin() + static_cast<long>(i) + 1, words.end());
            break;
        }
        std::string name;
        std::string value;
        try {
            if (!processor.process(words[i], name, value))
                arguments.operands.push_back(words[i]);
            else if (!name.empty()) // it has none yet where the option's argument is the next word
                arguments.options[name] = value;
        } catch (const Poco::Exception& error) {
            throw Stop(kUsage, error.displayText());
        }
    }
    try {
        processor.checkRequired();
    } catch (const Poco::Exception& error) {
        throw Stop(kUsage, error.displayText());
    }
    return arguments;
}

void printHelp(const Command& command) {
    const auto options = optionSet(command);
    Poco::Util::HelpFormatter formatter(options);
    formatter.setUnixStyle(true);
    formatter.setAutoIndent();
    formatter.setWidth(100);
    formatter.setCommand("rotactl " + command.name);
    formatter.setUsage("[OPTION]..." + (command.operands.empty() ? "" : " " + command.operands));
    formatter.setHeader(command.summary);
    formatter.setFooter(command.details);
    formatter.format(std::cout);
}

void printOverview() {
    std::cout << "usage: rotactl COMMAND [OPTION]...\nThe operator's and the integrator's tool of Rota.\n\n";
    std::size_t width = 0;
    for (const auto& command : commands())
        width = std::max(width, command.name.size() + 1 + command.operands.size());
    for (const auto& command : commands()) {
        auto left = command.name + " " + command.operands;
        left.resize(width + 2, ' ');
        std::cout << "  " << left << command.summary << "\n";
    }
    std::cout << "\nrotactl COMMAND --help tells more of one, rotactl --version which version this is.\n"
                 "Exit status: 0 all is well; 1 it ran, and what it found is not good; 64 called in a wrong way;\n"
                 "69 a database or server does not answer; 78 the configuration has to be mended.\n";
}

/// How many of the words are the command's name: "plugin list" takes two.
std::size_t namedBy(const Command& command, const std::vector<std::string>& words) {
    std::string name;
    for (std::size_t count = 1; count <= words.size(); ++count) {
        name += (count == 1 ? "" : " ") + words[count - 1];
        if (name == command.name) return count;
    }
    return 0;
}

ExitCode run(const Command& command, const std::vector<std::string>& words) {
    const auto arguments = read(command, words);
    if (arguments.has("help")) {
        printHelp(command);
        return kOk;
    }
    if (arguments.operands.size() < command.least) throw Stop(kUsage, "what is missing is " + command.operands);
    if (arguments.operands.size() > command.most)
        throw Stop(kUsage, "unexpected argument '" + arguments.operands[command.most] + "'");
    return command.run(arguments);
}

} // namespace

int dispatch(const std::vector<std::string>& words) {
    if (words.empty() || words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
        printOverview();
        return words.empty() ? kUsage : kOk;
    }
    if (words.front() == "--version" || words.front() == "-v") {
        std::cout << "rotactl " << base::kVersion << "\n";
        return kOk;
    }
    for (const auto& command : commands()) {
        const auto count = namedBy(command, words);
        if (count == 0) continue;
        try {
            return run(command, {words.begin() + static_cast<long>(count), words.end()});
        } catch (const Stop& stop) {
            std::cerr << "rotactl " << command.name << ": " << stop.what() << "\n";
            if (stop.code() == kUsage) std::cerr << "rotactl " << command.name << " --help says how it is used\n";
            return stop.code();
        } catch (const std::exception& error) {
            std::cerr << "rotactl " << command.name << ": " << error.what() << "\n";
            return kSoftware;
        }
    }
    std::cerr << "rotactl: there is no command '" << words.front() << (words.size() > 1 ? " " + words[1] : "")
              << "'; rotactl --help names all\n";
    return kUsage;
}

} // namespace rota::ctl
