// rota-plugin-host: the process in which an isolated plugin runs. Started by the server, never by hand.
#include "plugin_host/isolation/child.hpp"

#include <sys/socket.h>

#include <cstdio>

namespace {

/// Where the server leaves its end of the socket pair.
constexpr int kSocket = 3;

bool isSocket(int fd) {
    int type = 0;
    socklen_t length = sizeof type;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
}

} // namespace

int main() {
    if (!isSocket(kSocket)) {
        std::fputs("rota-plugin-host: this runs a plugin for rotad, which starts "
                   "it; see channel.<instance>.isolation\n",
                   stderr);
        return 64;
    }
    return rota::plugin_host::isolation::serve(rota::base::FileDescriptor(kSocket));
}
