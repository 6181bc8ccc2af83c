/* test_relay.c <port> - stands between one edhoc_client and a server on loopback and
 * prints the port to talk to. It passes everything on but the requests under
 * OSCORE: those it answers itself, without protection. A client has to notice.
 * It ends after the first such answer, or when nothing came for five seconds. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { OPTION_OSCORE = 9, CONTENT = 0x45, ACK = 0x60 };

static int loopback_socket(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    if (s < 0 || bind(s, (struct sockaddr *)&any, sizeof any) != 0)
        exit(1);
    return s;
}

/* In a request with OSCORE, that option is the first one. */
static int is_protected(const uint8_t *d, size_t len)
{
    size_t options = 4 + (d[0] & 0x0f);

    return options < len && d[options] >> 4 == OPTION_OSCORE;
}

int main(int argc, char **argv)
{
    int front = loopback_socket(), back = loopback_socket();
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, client;
    struct pollfd both[] = {{.fd = front, .events = POLLIN}, {.fd = back, .events = POLLIN}};
    socklen_t size = sizeof client;
    uint8_t d[2048];

    server.sin_port = htons((uint16_t)atoi(argc == 2 ? argv[1] : "0"));
    if (getsockname(front, (struct sockaddr *)&client, &size) != 0)
        return 1;
    printf("%d\n", ntohs(client.sin_port));
    fflush(stdout);

    while (poll(both, 2, 5000) > 0) {
        if (both[1].revents) {
            ssize_t len = recv(back, d, sizeof d, 0);
            sendto(front, d, (size_t)len, 0, (struct sockaddr *)&client, size);
            continue;
        }
        ssize_t len = recvfrom(front, d, sizeof d, 0, (struct sockaddr *)&client, &size);
        if (len >= 4 && is_protected(d, (size_t)len)) {
            size_t end = 4 + (d[0] & 0x0f);
            d[0] = ACK | (d[0] & 0x0f);
            d[1] = CONTENT;
            static const uint8_t hello[6] = {0xff, 'H', 'e', 'l', 'l', 'o'};
            memcpy(d + end, hello, sizeof hello);
            sendto(front, d, end + 6, 0, (struct sockaddr *)&client, size);
            return 0;
        }
        sendto(back, d, (size_t)len, 0, (struct sockaddr *)&server, sizeof server);
    }
    return 1;
}
