/* Stands for rotad where only scripts/run is tested: answers 200 to everything, ends at SIGTERM, with
   STUB_STATUS. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int status;

static void stop(int number) {
    (void)number;
    _exit(status);
}

int main(void) {
    if (getenv("STUB_STATUS") != NULL) status = atoi(getenv("STUB_STATUS"));
    signal(SIGTERM, stop);
    const char* port = getenv("ROTA_API_PORT");
    if (port == NULL || getenv("DATABASE_URL") == NULL || getenv("REDIS_URL") == NULL) return 2;

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(port));
    if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) return 3;

    for (;;) {
        char request[1024];
        int peer = accept(listener, NULL, NULL);
        if (peer < 0) continue;
        if (read(peer, request, sizeof request) > 0) dprintf(peer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        close(peer);
    }
}
