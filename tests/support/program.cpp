#include "support/program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace rota::testing {
namespace {

/// A file without a name: what the program prints needs no reader while it runs.
class Printed {
public:
    Printed() : file_(std::tmpfile()) {
        if (file_ == nullptr) throw std::runtime_error("no temporary file");
    }
    ~Printed() { std::fclose(file_); }
    Printed(const Printed&) = delete;
    Printed& operator=(const Printed&) = delete;

    int descriptor() const { return ::fileno(file_); }
    std::string text() const {
        std::string text;
        std::rewind(file_);
        for (int letter = std::fgetc(file_); letter != EOF; letter = std::fgetc(file_))
            text += static_cast<char>(letter);
        return text;
    }

private:
    std::FILE* file_;
};

} // namespace

Outcome runProgram(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
    const Printed out;
    const Printed err;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(out.descriptor(), STDOUT_FILENO);
        ::dup2(err.descriptor(), STDERR_FILENO);
        for (const auto& [name, value] : environment)
            ::setenv(name.c_str(), value.c_str(), 1);
        std::vector<char*> words;
        for (const auto& word : command)
            words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        ::execvp(words.front(), words.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), out.text(), err.text()};
}

} // namespace rota::testing
