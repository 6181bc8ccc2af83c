/* test_liar.c - a site that lies to records_server, in the way that its last argument says.
 *
 * Ends with 0 if the server then closes the connection. */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"
#include "records.h"

static struct link link_;
static uint8_t message[MESSAGE_MAX];

static void fail(const char *what)
{
    fprintf(stderr, "liar: %s\n", what);
    exit(1);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
        fail("cannot connect");
    return fd;
}

static void wait_for(void)
{
    struct pollfd socket = {.fd = link_.fd, .events = link_events(&link_)};

    if (poll(&socket, 1, 20000) != 1)
        fail("the server does nothing");
    link_turn(&link_, socket.revents);
}

static void greet_honestly(void)
{
    while (link_take(&link_, message) == 0 && link_.state == LINK_GREETING)
        wait_for();
    if (link_.state != LINK_OPEN)
        fail(link_.why);
}

/* Sends bytes past the link, or less if the server does not want them. */
static void send_raw(const void *data, size_t len)
{
    if (send(link_.fd, data, len, MSG_NOSIGNAL) < 0)
        len = 0;
}

static void flush(void)
{
    send_raw(link_.outgoing, link_.outgoing_len);
    link_.outgoing_len = 0;
}

/* The server closes, whatever it has said before. */
static void is_closed(void)
{
    uint8_t bytes[4096];
    ssize_t n;

    while ((n = recv(link_.fd, bytes, sizeof bytes, 0)) > 0)
        ;
    struct pollfd socket = {.fd = link_.fd};
    if (n < 0 && (poll(&socket, 1, 0) != 1 || !(socket.revents & (POLLHUP | POLLERR))))
        fail("the server has not closed");
}

/* --- Lies ------------------------------------------------------------------------------- */

static void say(const char *text)
{
    link_send(&link_, text, strlen(text));
}

static void alter(size_t at)
{
    say("true");
    link_.outgoing[at < link_.outgoing_len ? at : link_.outgoing_len - 1] ^= 1;
    flush();
}

static void lie_altered(void) { alter(SIZE_MAX); }          /* the tag */
static void lie_number(void) { alter(FRAME_HEAD + 11); }    /* the Partial IV */
static void lie_header(void) { alter(FRAME_HEAD + 6); }     /* the algorithm */

static void lie_repeated(void)
{
    say("once");
    send_raw(link_.outgoing, link_.outgoing_len);
    flush();
}

static void lie_omitted(void)
{
    say("this does not come");
    link_.outgoing_len = 0;
    say("but this does");
    flush();
}

static void lie_swapped(void)
{
    uint8_t first[FRAME_MAX];

    say("first");
    size_t len = link_.outgoing_len;
    memcpy(first, link_.outgoing, len);
    link_.outgoing_len = 0;
    say("second");
    flush();
    send_raw(first, len);
}

/* The first record of the server, which has the number that ours has to have. */
static void lie_reflected(void)
{
    say("answer me");
    flush();
    while (link_.incoming_len < FRAME_HEAD || link_.incoming_len < FRAME_HEAD + (size_t)link_.incoming[1]) {
        ssize_t n = recv(link_.fd, link_.incoming + link_.incoming_len, 512, 0);
        if (n <= 0)
            fail("no answer");
        link_.incoming_len += (size_t)n;
    }
    link_.out.next = 0;
    send_raw(link_.incoming, link_.incoming_len);
}

static void lie_large(void) { send_raw("\xff\xff", 2); }
static void lie_empty(void) { send_raw("\0\0", 2); }

static void lie_half(void)
{
    say("half of this");
    send_raw(link_.outgoing, link_.outgoing_len / 2);
    shutdown(link_.fd, SHUT_WR);
}

static void lie_unended(void)
{
    say("and no end");
    flush();
    shutdown(link_.fd, SHUT_WR);
}

/* Sends and does not read, until the server does not read any more either, and for longer than
 * the 3 s after which it ends that. How it did is behind what was not read. */
static void lie_deaf(void)
{
    struct pollfd socket = {.fd = link_.fd, .events = POLLOUT};
    long sent = 0;

    if (setsockopt(link_.fd, SOL_SOCKET, SO_RCVBUF, &(int){4096}, sizeof(int)) != 0)
        fail("no small buffer");
    memset(message, 'x', sizeof message);
    while (poll(&socket, 1, 5000) == 1 && !(socket.revents & (POLLHUP | POLLERR))) {
        link_send(&link_, message, 40);
        sent += (long)link_.outgoing_len;
        flush();
        if (sent > 64L * 1024 * 1024)
            fail("the server takes everything");
    }
}

/* --- Lies before anybody is known --------------------------------------------------------- */

static void lie_silent(void) {}
static void lie_garbage(void) { send_raw("\0\4\1\2\3\4", 6); }

/* A byte now and then keeps nobody waiting for ever. */
static void lie_dripping(void)
{
    struct pollfd socket = {.fd = link_.fd, .events = POLLIN};

    for (size_t i = 0; i < link_.outgoing_len && poll(&socket, 1, 100) == 0; i++)
        send_raw(link_.outgoing + i, 1);
}

static const struct lie {
    const char *name;
    int greets;
    void (*tell)(void);
} lies[] = {
    {"altered", 1, lie_altered},     {"number", 1, lie_number}, {"header", 1, lie_header},
    {"repeated", 1, lie_repeated},   {"omitted", 1, lie_omitted}, {"swapped", 1, lie_swapped},
    {"reflected", 1, lie_reflected}, {"large", 1, lie_large},   {"empty", 1, lie_empty},
    {"half", 1, lie_half},           {"unended", 1, lie_unended}, {"deaf", 1, lie_deaf},
    {"silent", 0, lie_silent},       {"garbage", 0, lie_garbage}, {"dripping", 0, lie_dripping},
};

/* --- A record that Python's cryptography and cbor2 have made ------------------------------ */

static const uint8_t known[] = {
    0xd0, 0x83, 0x44, 0xa1, 0x01, 0x18, 0x18, 0xa1, 0x06, 0x42, 0x12, 0x34, 0x58, 0x27,
    0xa7, 0xed, 0xe7, 0x06, 0xef, 0xcc, 0x41, 0x55, 0x9f, 0xb2, 0x15, 0xab, 0x0e, 0x56,
    0x75, 0x0f, 0x91, 0xa1, 0x02, 0x67, 0x2f, 0xd2, 0x88, 0x53, 0x03, 0x6d, 0x83, 0x98,
    0x72, 0xa8, 0x58, 0x82, 0x1b, 0xde, 0x8d, 0x62, 0x9e, 0x18, 0x75,
};

static void check_known(void)
{
    struct encrypt0 stream = {0};
    uint8_t record[128], plain[128];
    const char text[] = "signal group 1 is green";
    size_t len;

    for (size_t i = 0; i < ENCRYPT0_KEY; i++)
        stream.key[i] = (uint8_t)i;
    for (size_t i = 0; i < ENCRYPT0_IV; i++)
        stream.iv[i] = (uint8_t)(100 + i);
    encrypt0_start(&stream, (const uint8_t *)"context", 7);
    stream.next = 0x1234;
    len = encrypt0_seal(&stream, (const uint8_t *)text, strlen(text), record);
    if (len != sizeof known || memcmp(record, known, len) != 0)
        fail("another implementation makes another record");
    stream.next = 0x1234;
    if (encrypt0_open(&stream, known, sizeof known, plain, &len) != 0 || len != strlen(text) ||
        memcmp(plain, text, len) != 0)
        fail("the record of another implementation cannot be opened");
    for (len = 0; len < sizeof known; len++) { /* cut anywhere */
        size_t plain_len;
        stream.next = 0x1234;
        if (encrypt0_open(&stream, known, len, plain, &plain_len) == 0)
            fail("a record that was cut is opened");
    }
}

int main(int argc, char **argv)
{
    const struct lie *lie = NULL;

    check_known();
    if (argc != 7)
        fail("port, own.pem, key.pem, anchor.pem, DNS name, lie");
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++)
        if (strcmp(lies[i].name, argv[6]) == 0)
            lie = &lies[i];
    if (!lie)
        fail("no such lie");
    lake_config *config = records_config(argv[2], argv[3], argv[4]);
    link_start(&link_, connect_to((uint16_t)atoi(argv[1])), config, LAKE_INITIATOR, argv[5]);
    if (lie->greets)
        greet_honestly();
    lie->tell();
    is_closed();
    link_close(&link_);
    CHECK(lake_config_free(config));
    return 0;
}
