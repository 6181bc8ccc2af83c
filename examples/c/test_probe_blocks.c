/* test_probe_blocks.c <port> [late] - EDHOC messages in blocks (RFC 7959), each of them twice,
 * alone, too many of them, or late. The server is edhoc_server; late: with a large credential. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "probe.h"

/* Sends a body of two blocks, each of them twice, with the value of Echo that the server asked
 * for, if it has. */
static void send_blocks(struct run *run, const uint8_t *body, size_t len, int last)
{
    const struct datagram before = run->answer;
    struct datagram again;
    const uint8_t *number, *echo;
    size_t echo_len = before.len > 0 && code(&before) == UNAUTHORIZED ? part(&before, ECHO, &echo) : 0;

    EXPECT(len > 1024 && len <= 2048);
    for (int block = 0; block < 2; block++) {
        struct datagram d = request(POST, ".well-known", "edhoc");

        add_format(&d, FORMAT_CID_EDHOC);
        add_block(&d, BLOCK1, block, block == 0);
        if (echo_len > 0)
            add_option(&d, ECHO, echo, echo_len);
        add_payload(&d, body + (size_t)1024 * (size_t)block, block == 0 ? 1024 : len - 1024);
        send_it(run, d);
        again = ask(run->s, d);
        EXPECT(code(&run->answer) == (block == 0 ? CONTINUE : last) && code(&again) == code(&run->answer));
        EXPECT(code(&again) == UNAUTHORIZED || same(&run->answer, &again));
        EXPECT(part(&again, BLOCK1, &number) == 1 && *number >> 4 == block);
    }
}

static void blocks(void)
{
    struct run run = {.s = open_socket(), .session = new_session(LAKE_INITIATOR)};
    struct datagram d, answer;
    const uint8_t *bytes;
    uint8_t body[6000] = {0xf5};
    size_t len, prefix;

    CHECK(lake_session_ead_pad(run.session, 1, 1500));
    CHECK(lake_session_step(run.session, NULL, 0, body + 1, sizeof body - 1, &len));
    send_blocks(&run, body, 1 + len, UNAUTHORIZED); /* a large message_1 has to show Echo */
    send_blocks(&run, body, 1 + len, CHANGED);

    /* A second block alone is neither the request before nor another one. */
    d = request(POST, ".well-known", "edhoc");
    add_block(&d, BLOCK1, 1, 0);
    add_payload(&d, body, 100);
    answer = ask(run.s, d);
    EXPECT(code(&answer) == INCOMPLETE);
    const int other = open_socket();
    answer = ask(other, d);
    EXPECT(code(&answer) == INCOMPLETE);

    CHECK(lake_session_ead_pad(run.session, 3, 1500));
    len = payload(&run.answer, &bytes);
    prefix = 0;
    CHECK(lake_session_process_message(run.session, 2, bytes, len));
    prefix = put_id(&run, body);
    CHECK(lake_session_prepare_message(run.session, 3, body + prefix, sizeof body - prefix, &len));
    send_blocks(&run, body, prefix + len, CHANGED);
    end(&run);

    /* More than the server takes. */
    memset(body, 0xf5, sizeof body);
    for (int block = 0; block < 5; block++) {
        d = request(POST, ".well-known", "edhoc");
        add_block(&d, BLOCK1, block, block < 4);
        add_payload(&d, body, 1024);
        answer = ask(other, d);
        EXPECT(code(&answer) == (block < 4 ? CONTINUE : TOO_LARGE));
    }
    close(other);
    puts("blocks may come twice; one alone gets 4.08, a body of 5 kB 4.13");
}

/* A server with a large credential answers in blocks, the last of which may be asked for again
 * long after it was sent. */
static void late_block(void)
{
    struct run run = begin(LAKE_INITIATOR);
    struct datagram d = run.sent, answer, last;
    const uint8_t *first, *bytes;
    int block = 0;

    do {
        d = request(POST, ".well-known", "edhoc");
        add_format(&d, FORMAT_CID_EDHOC);
        add_block(&d, BLOCK2, ++block, 0);
        last = ask(run.s, d);
        EXPECT(code(&last) == CHANGED);
        EXPECT(part(&last, BLOCK2, &bytes) == 1 && block < 8);
    } while (bytes[0] & 0x08);

    EXPECT(recv(run.s, answer.bytes, sizeof answer.bytes, 0) < 0); /* nothing comes for 10 seconds */
    answer = ask(run.s, anew(d));
    EXPECT(code(&answer) == CHANGED && payload(&last, &first) == payload(&answer, &bytes));
    EXPECT(memcmp(first, bytes, payload(&answer, &bytes)) == 0);
    end(&run);
    puts("the last block of an answer comes again after 10 seconds");
}

int main(int argc, char **argv)
{
    EXPECT(argc >= 2);
    probe_start(argv[1]);
    if (argc > 2 && strcmp(argv[2], "late") == 0)
        late_block();
    else
        blocks();
    return 0;
}
