/* records_server.c - EDHOC without CoAP: a server for many peers over TCP, in one thread.
 *
 * As with traffic signals: sites connect to their supervisor and report, it acknowledges,
 * and each side knows the other by a certificate of their authority. records.c has EDHOC
 * and the protected records, records_client.c is a site. */
#define _GNU_SOURCE /* SOCK_NONBLOCK, pipe2; NOLINT(bugprone-reserved-identifier): it is meant for programs */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "records.h"

enum { PEERS_MAX = 64 };

struct peer {
    struct link link;
    int number;
    int64_t deadline; /* in milliseconds; a message that is right puts it off, single bytes do not */
};

static struct peer *peers[PEERS_MAX];
static int n_peers, n_seen, timeout;
static lake_config *config;
static int stop_pipe[2]; /* a signal may come to any thread, also those of the library: it writes into it */

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- Peers -------------------------------------------------------------------------- */

static void say(const struct peer *peer, const char *what, const char *text)
{
    printf("%d, %s%s%s\n", peer->number, peer->link.name, what, text);
}

static void accept_peer(int listener)
{
    int fd = accept(listener, NULL, NULL);
    struct peer *peer = fd < 0 ? NULL : malloc(sizeof *peer);

    if (!peer) {
        if (fd >= 0)
            close(fd);
        return; /* it has gone already, or there is no memory: others go on */
    }
    link_start(&peer->link, fd, config, LAKE_RESPONDER, NULL);
    peer->number = ++n_seen;
    peer->deadline = now() + timeout;
    peers[n_peers++] = peer;
}

/* The application: it prints what an authenticated peer says, and acknowledges it. */
static void answer(struct peer *peer, const uint8_t *message, size_t len)
{
    char text[MESSAGE_MAX + 1], reply[64];

    memcpy(text, message, len);
    text[len] = '\0';
    for (char *c = text; c < text + len; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    say(peer, ": ", text);
    int n = snprintf(reply, sizeof reply, "acknowledged: %.40s", text);
    link_send(&peer->link, reply, (size_t)n);
}

/* Bytes, then what they say. */
static void serve(struct peer *peer, short events)
{
    static uint8_t message[MESSAGE_MAX];
    enum link_state before = peer->link.state;
    size_t len;

    link_turn(&peer->link, events);
    while (link_has_room(&peer->link) && (len = link_take(&peer->link, message)) > 0) {
        answer(peer, message, len);
        peer->deadline = now() + timeout;
    }
    if (before == LINK_GREETING && peer->link.state == LINK_OPEN) {
        say(peer, " is authenticated", "");
        peer->deadline = now() + timeout;
    }
}

static int is_over(struct peer *peer)
{
    const struct link *link = &peer->link;
    int late = now() >= peer->deadline;

    if (late)
        link_fail(&peer->link, "it took too long");
    return (link->state == LINK_ENDED || link->state == LINK_FAILED) && (link->outgoing_len == 0 || late);
}

static void drop(int index)
{
    struct peer *peer = peers[index];

    if (peer->link.state == LINK_ENDED)
        say(peer, " has ended", "");
    else
        say(peer, " failed: ", peer->link.why);
    link_close(&peer->link);
    free(peer);
    peers[index] = peers[--n_peers];
}

/* --- The loop ------------------------------------------------------------------------- */

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)) != 0 ||
        bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0) {
        perror("listen");
        exit(1);
    }
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    return listener;
}

/* Milliseconds until the first deadline; -1: there is none. */
static int until_deadline(void)
{
    int64_t first = INT64_MAX, left;

    for (int i = 0; i < n_peers; i++)
        first = peers[i]->deadline < first ? peers[i]->deadline : first;
    left = first - now();
    return n_peers == 0 ? -1 : left < 0 ? 0 : (int)left;
}

/* One turn; 0: it was the last one. */
static int turn(int listener)
{
    struct pollfd polls[PEERS_MAX + 2], *door = &polls[PEERS_MAX], *end = &polls[PEERS_MAX + 1];
    int polled = n_peers;

    for (int i = 0; i < PEERS_MAX; i++) /* poll passes over what is -1 */
        polls[i] = i < polled ? (struct pollfd){.fd = peers[i]->link.fd, .events = link_events(&peers[i]->link)}
                              : (struct pollfd){.fd = -1};
    /* With all places taken, others wait in the queue of the socket. */
    *door = (struct pollfd){.fd = polled < PEERS_MAX ? listener : -1, .events = POLLIN};
    *end = (struct pollfd){.fd = stop_pipe[0], .events = POLLIN};
    if (poll(polls, PEERS_MAX + 2, until_deadline()) < 0)
        return 1; /* a signal, of which the pipe tells */
    for (int i = polled - 1; i >= 0; i--) { /* drop puts the last one in the place of another */
        if (polls[i].revents)
            serve(peers[i], polls[i].revents);
        if (is_over(peers[i]))
            drop(i);
    }
    if (door->revents & POLLIN)
        accept_peer(listener);
    return !end->revents;
}

static void on_signal(int signal)
{
    ssize_t n = write(stop_pipe[1], "", 1);

    (void)signal, (void)n;
}

int main(int argc, char **argv)
{
    /* The Go runtime in liblake asks for SA_ONSTACK in every handler of the process. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};

    if (argc != 6 || (timeout = atoi(argv[5]) * 1000) <= 0) {
        fprintf(stderr, "usage: %s <port, 0: any> <own.pem> <key.pem> <anchor.pem> <seconds that a peer may take>\n",
                argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    config = records_config(argv[2], argv[3], argv[4]);
    if (pipe2(stop_pipe, O_NONBLOCK) != 0) {
        perror("pipe");
        return 1;
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);

    int listener = listen_on((uint16_t)atoi(argv[1]));
    while (turn(listener))
        ;
    for (int i = n_peers - 1; i >= 0; i--) {
        link_fail(&peers[i]->link, "the server ends");
        drop(i);
    }
    close(listener);
    CHECK(lake_config_free(config));
    printf("%d peers came\n", n_seen);
    return 0;
}
