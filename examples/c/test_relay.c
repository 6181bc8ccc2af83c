/* test_relay.c <port> [intrude] - stands between one client and a server on loopback and prints
 * the port to talk to.
 *
 * It passes everything on but the requests under OSCORE: those it answers itself, without
 * protection. A client has to notice. It ends after the first such answer, or when nothing came
 * for five seconds.
 *
 * intrude: these pass, too. After the second answer, as the first one asks for Echo, it GETs and PUTs
 * /hello itself, without protection, from the address where they came from, and prints the code of
 * an answer, or "nothing". */
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { OPTION_OSCORE = 9, GET = 1, PUT = 3, CONTENT = 0x45, ACK = 0x60 };

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

/* libcoap sends nothing confirmable before the last one is acknowledged. */
static void acknowledge(int back, const struct sockaddr_in *server, const uint8_t *d)
{
    const uint8_t ack[] = {ACK, 0, d[2], d[3]};
    if ((d[0] & 0x30) == 0)
        sendto(back, ack, sizeof ack, 0, (const struct sockaddr *)server, sizeof *server);
}

/* Asks /hello without protection; the requests have a token. */
static void intrude(int back, const struct sockaddr_in *server, uint8_t code)
{
    const uint8_t request[] = {0x41, code, 0x77, code, 'i', 0xb5, 'h', 'e', 'l', 'l', 'o', 0xff, 'M', 'i', 'n', 'e'};
    const size_t len = code == PUT ? sizeof request : sizeof request - 5;

    sendto(back, request, len, 0, (const struct sockaddr *)server, sizeof *server);
}

/* Prints the code of an answer to that, which may come after its acknowledgement; or that there is none. */
static void print_answer(int back, const struct sockaddr_in *server)
{
    struct pollfd answered = {.fd = back, .events = POLLIN};
    uint8_t d[2048] = {0};

    while (poll(&answered, 1, 1000) > 0) {
        const ssize_t got = recv(back, d, sizeof d, 0);
        if (got < 5 || d[1] == 0)
            continue;
        acknowledge(back, server, d);
        if ((d[0] & 0x0f) == 1 && d[4] == 'i') {
            printf("%d.%02d\n", d[1] >> 5, d[1] & 0x1f);
            fflush(stdout);
            return;
        }
    }
    puts("nothing");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int intrudes = argc == 3 && strcmp(argv[2], "intrude") == 0;
    int passes = intrudes, secret = 0, answers = 0, front = loopback_socket(), back = loopback_socket();
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, client;
    struct pollfd both[] = {{.fd = front, .events = POLLIN}, {.fd = back, .events = POLLIN}};
    socklen_t size = sizeof client;
    uint8_t d[2048];

    server.sin_port = htons((uint16_t)atoi(argc >= 2 ? argv[1] : "0"));
    if (getsockname(front, (struct sockaddr *)&client, &size) != 0)
        return 1;
    printf("%d\n", ntohs(client.sin_port));
    fflush(stdout);

    while (poll(both, 2, 5000) > 0) {
        if (both[1].revents) {
            ssize_t len = recv(back, d, sizeof d, 0);
            sendto(front, d, (size_t)len, 0, (struct sockaddr *)&client, size);
            if (secret && len >= 4 && d[1] != 0 && ++answers == 2) {
                acknowledge(back, &server, d); /* before the client does */
                intrude(back, &server, GET);
                intrude(back, &server, PUT);
                print_answer(back, &server);
                secret = intrudes = 0;
            }
            continue;
        }
        ssize_t len = recvfrom(front, d, sizeof d, 0, (struct sockaddr *)&client, &size);
        secret |= intrudes && len >= 4 && is_protected(d, (size_t)len);
        if (!passes && len >= 4 && is_protected(d, (size_t)len)) {
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
    return !passes;
}
