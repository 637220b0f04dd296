/// The fakes as a program: `rota_fake_provider [HTTP_PORT [SMTP_PORT]]`. Prints both ports as JSON on one line, and
/// serves until SIGTERM or SIGINT.

#include "support/fake_provider/fake_provider.hpp"

#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv) {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    // Before any thread is made, so that all of them leave these signals to us.
    sigprocmask(SIG_BLOCK, &stops, nullptr);
    try {
        const rota::testing::FakeProvider fake(argc > 1 ? std::atoi(argv[1]) : 0, argc > 2 ? std::atoi(argv[2]) : 0);
        std::printf("{\"http_port\": %d, \"smtp_port\": %d}\n", fake.httpPort(), fake.smtpPort());
        std::fflush(stdout);
        int signal = 0;
        sigwait(&stops, &signal);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rota_fake_provider: %s\n", error.what());
        return 1;
    }
}
