/* records_client.c - EDHOC without CoAP: a site that reports to its supervisor over TCP.
 *
 * Each argument is a message, which the server has to acknowledge. See records_server.c. */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"
#include "records.h"

enum { PATIENCE = 10000 }; /* milliseconds */

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

/* Waits until the socket can be used. */
static void wait_for(struct link *link)
{
    struct pollfd socket = {.fd = link->fd, .events = link_events(link)};

    if (poll(&socket, 1, PATIENCE) == 1)
        link_turn(link, socket.revents);
    else
        link_fail(link, "the server takes too long");
}

/* The next message, or 0 when the link is over. */
static size_t receive(struct link *link, uint8_t *message)
{
    size_t len;

    while ((len = link_take(link, message)) == 0 && (link->state == LINK_GREETING || link->state == LINK_OPEN))
        wait_for(link);
    return len;
}

int main(int argc, char **argv)
{
    static struct link link;
    static uint8_t message[MESSAGE_MAX];

    if (argc < 6) {
        fprintf(stderr, "usage: %s <port> <own.pem> <key.pem> <anchor.pem> <DNS name of the server> [message]...\n",
                argv[0]);
        return 2;
    }
    lake_config *config = records_config(argv[2], argv[3], argv[4]);
    link_start(&link, connect_to((uint16_t)atoi(argv[1])), config, LAKE_INITIATOR, argv[5]);
    while (link_take(&link, message) == 0 && link.state == LINK_GREETING)
        wait_for(&link);
    if (link.state == LINK_OPEN)
        printf("the server is %s\n", link.name);

    for (int i = 6; i < argc && link.state == LINK_OPEN; i++) {
        link_send(&link, argv[i], strlen(argv[i]));
        size_t len = receive(&link, message);
        if (len > 0)
            printf("%.*s\n", (int)len, (const char *)message);
    }
    link_end(&link);
    while (receive(&link, message) > 0)
        printf("the server said more than it should\n");
    while (link.outgoing_len > 0 && !link.is_cut)
        wait_for(&link);

    int ended = link.state == LINK_ENDED;
    printf("%s%s\n", ended ? "both sides have ended" : "failed: ", link.why);
    link_close(&link);
    CHECK(lake_config_free(config));
    return ended ? 0 : 1;
}
