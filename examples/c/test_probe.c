/* test_probe.c <port> [reverse | half-open N | one-host N] - asks a running server on loopback
 * what a well-behaved client never does: repeated datagrams, replays, nonsense, floods. See
 * test.sh.
 *
 * Without a word after the port it asks what the table of docs/coap.md says, in the
 * forward flow: servers on other CoAP stacks answer the same. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe.h"

static const uint8_t error[] = {0x01, 0x63, 'w', 'h', 'y'};

static struct datagram error_for(const struct run *run)
{
    return for_run(run, error, sizeof error);
}

/* A byte string as message_3 is one, but not this message_3. */
static struct datagram changed(struct datagram d)
{
    d.bytes[d.len - 1] ^= 1;
    return anew(d);
}

/* --- What is tried -------------------------------------------------------------- */

static void wrong_requests(void)
{
    struct run run = begin(LAKE_INITIATOR);
    const uint8_t *body;
    size_t len = payload(&run.sent, &body);
    static const int formats[] = {0, FORMAT_EDHOC, 63, 66};
    struct datagram answer;

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        answer = ask(run.s, post(formats[i], body, len));
        EXPECT(code(&answer) == UNSUPPORTED_FORMAT);
    }
    answer = ask(run.s, request(GET, ".well-known", "edhoc"));
    EXPECT(code(&answer) == NO_METHOD);
    answer = ask(run.s, request(PUT, ".well-known", "edhoc"));
    EXPECT(code(&answer) == NO_METHOD);
    answer = ask(run.s, request(GET, NULL, "hello"));
    EXPECT(code(&answer) == UNAUTHORIZED);
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED && is_empty(&run.answer));
    answer = ask(run.s, request(GET, NULL, "hello"));
    EXPECT(code(&answer) == UNAUTHORIZED);
    end(&run);
    puts("a wrong Content-Format gets 4.15, another method 4.05, /hello without OSCORE 4.01");
}

static void repeated_datagrams(int32_t role)
{
    struct run run = begin(role);
    struct datagram again = ask(run.s, run.sent);

    EXPECT(same(&run.answer, &again));
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED && !is_error(&run.answer));
    again = ask(run.s, run.sent);
    EXPECT(same(&run.answer, &again));

    /* The same message_3 in a request of its own, also from elsewhere: a replay. */
    const int elsewhere = open_socket();
    again = ask(run.s, anew(run.sent));
    EXPECT(is_refusal(&again));
    again = ask(elsewhere, run.sent);
    EXPECT(is_refusal(&again));
    again = ask(run.s, run.sent);
    EXPECT(same(&run.answer, &again));
    close(elsewhere);
    end(&run);
    puts("repeated datagrams get the same answer, a replay gets an error");
}

static void interleaved(int32_t role)
{
    enum { N = 8 };
    struct run runs[N];

    for (int i = 0; i < N; i++)
        runs[i] = begin(role);
    for (int i = N - 1; i >= 0; i--) {
        send_it(&runs[i], next(&runs[i]));
        EXPECT(code(&runs[i].answer) == CHANGED && !is_error(&runs[i].answer));
        end(&runs[i]);
    }
    printf("%d interleaved runs, the last one first\n", N);
}

/* A message of one run with the identifier of another: from elsewhere it is not looked at, and
 * does no harm; from where that run is, it ends it. */
static void crossed(int32_t role)
{
    struct run a = begin(role), b = begin(role);
    struct datagram of_a = next(&a), of_b = next(&b), answer;
    uint8_t id[8];
    const size_t len_a = put_id(&a, id);
    const uint8_t *body;
    const size_t len = payload(&of_a, &body);

    EXPECT(len > len_a);
    answer = ask(a.s, for_run(&b, body + len_a, len - len_a));
    EXPECT(is_challenge(&answer));
    answer = ask(b.s, for_run(&b, body + len_a, len - len_a));
    EXPECT(is_refusal(&answer));
    answer = ask(b.s, of_b);
    EXPECT(is_refusal(&answer));
    answer = ask(a.s, of_a);
    EXPECT(code(&answer) == CHANGED && !is_error(&answer));
    end(&a);
    end(&b);
    puts("a message of another run is refused, from elsewhere it is not looked at");
}

static void errors(int32_t role)
{
    const uint8_t new_error[] = {0xf5, 0x01, 0x63, 'w', 'h', 'y'};
    const uint8_t no_run[] = {0x47, 1, 2, 3, 4, 5, 6, 7, 0x01, 0x63, 'w', 'h', 'y'};
    const int elsewhere = open_socket();
    struct run run = begin(role);
    struct datagram answer, message = next(&run), of_error;

    /* For no run. */
    answer = ask(run.s, post(FORMAT_CID_EDHOC, new_error, sizeof new_error));
    EXPECT(is_challenge(&answer) || (code(&answer) == BAD_REQUEST && is_empty(&answer)));
    answer = ask(run.s, post(FORMAT_CID_EDHOC, no_run, sizeof no_run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));

    /* From elsewhere: anybody can send it. */
    answer = ask(elsewhere, error_for(&run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    close(elsewhere);

    /* In the middle: it ends the run, and does so once. */
    send_it(&run, error_for(&run));
    EXPECT(code(&run.answer) == CHANGED && is_empty(&run.answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    answer = ask(run.s, message);
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, error_for(&run));
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    end(&run);

    /* After the end: too late. */
    run = begin(role);
    send_it(&run, next(&run));
    EXPECT(code(&run.answer) == CHANGED);
    of_error = error_for(&run);
    answer = ask(run.s, of_error);
    EXPECT(code(&answer) == BAD_REQUEST && is_empty(&answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    end(&run);
    puts("an error message ends a run that is not complete, and gets no error message in return");
}

static void nonsense_in_a_run(int32_t role)
{
    static const struct { size_t len; uint8_t bytes[8]; } unreadable[] = {
        {8, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}, {0, {0}}, {1, {0xf5}}, {2, {0x45, 0x01}},
        {3, {0x81, 0x41, 0x00}}, {4, {0x41, 0x00, 0x41, 0x00}}, {1, {0x00}}, {3, {0x01, 0x02, 0x03}},
    };
    const int elsewhere = open_socket();
    struct run run;
    struct datagram message, answer;

    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        run = begin(role);
        message = next(&run);
        answer = ask(run.s, for_run(&run, unreadable[i].bytes, unreadable[i].len));
        EXPECT(code(&answer) == BAD_REQUEST);
        answer = ask(run.s, message);
        EXPECT(is_refusal(&answer));
        end(&run);
    }
    run = begin(role);
    message = next(&run);
    for (size_t i = 0; i < sizeof unreadable / sizeof unreadable[0]; i++) {
        answer = ask(elsewhere, for_run(&run, unreadable[i].bytes, unreadable[i].len));
        EXPECT(is_challenge(&answer) || (code(&answer) == BAD_REQUEST && is_empty(&answer)));
    }
    close(elsewhere);
    send_it(&run, message);
    EXPECT(code(&run.answer) == CHANGED && !is_error(&run.answer));
    answer = ask(run.s, changed(message)); /* a finished run is safe */
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, run.sent);
    EXPECT(same(&answer, &run.answer));
    end(&run);

    run = begin(role);
    message = next(&run);
    answer = ask(run.s, changed(message));
    EXPECT(is_refusal(&answer));
    answer = ask(run.s, message);
    EXPECT(is_refusal(&answer));
    end(&run);
    puts("nonsense and a wrong message end a run, but not from elsewhere");
}

static void garbage(void)
{
    static const struct { size_t len; uint8_t bytes[8]; } bodies[] = {
        {1, {0xf5}}, {1, {0xff}}, {1, {0x05}}, {1, {0x42}}, {3, {0x41, 0x05, 0x00}}, {3, {0xf5, 0x00, 0x00}},
        {5, {0xf5, 0x03, 0x02, 0x41, 0x00}}, {8, {0xf6, 1, 2, 3, 4, 5, 6, 7}}, {4, {0x58, 0xff, 0x00, 0x00}},
        {8, {0x5f, 0x41, 0, 0x41, 0, 0xff, 0, 0}}, {2, {0xf5, 0xf5}},
    };
    const int s = open_socket();
    uint8_t body[1024];
    struct datagram answer;

    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        answer = ask(s, post(FORMAT_CID_EDHOC, bodies[i].bytes, bodies[i].len));
        EXPECT(code(&answer) == BAD_REQUEST);
    }
    srand(1); /* always the same nonsense */
    for (int i = 0; i < 500; i++) {
        size_t len = 1 + (size_t)rand() % (sizeof body - 1);
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        if (i % 2)
            body[0] = 0xf5;
        answer = ask(s, post(i % 3 ? FORMAT_CID_EDHOC : NO_FORMAT, body, len));
        if (code(&answer) == UNAUTHORIZED && body[0] == 0xf5) /* too many in a second that begin a run: Echo first */
            EXPECT(is_empty(&answer));
        else
            EXPECT(code(&answer) == BAD_REQUEST);
    }
    for (int i = 0; i < 500; i++) { /* not even CoAP: answered or not */
        if (i % 50 == 0) { /* and not faster than the server can read */
            answer = ask(s, request(GET, NULL, "hello"));
            EXPECT(code(&answer) == UNAUTHORIZED);
        }
        size_t len = (size_t)rand() % 64;
        for (size_t j = 0; j < len; j++)
            body[j] = (uint8_t)rand();
        EXPECT(send(s, body, len, 0) == (ssize_t)len);
    }
    close(s);
    puts("garbage gets 4.00");
}

static void half_open(int n, int32_t role)
{
    for (int i = 0; i < n; i++) {
        struct run run = begin(role);
        end(&run);
    }
    printf("%d half-open runs\n", n);
}

/* With an answer for each, because the first ones make room for the last. */
static void one_host(int n)
{
    for (int i = 0; i < n; i++) {
        struct run run = begin_at(open_socket_on_last_host(), LAKE_INITIATOR);
        end(&run);
    }
    printf("%d half-open runs of one host\n", n);
}

static void flood(int32_t role)
{
    struct run victim = begin(role);

    half_open(300, role);
    send_it(&victim, next(&victim));
    EXPECT(is_refusal(&victim.answer));
    end(&victim);
    puts("300 half-open runs: the oldest make room");
}

/* What the table says; of both flows the same. */
static void all(int32_t role)
{
    repeated_datagrams(role);
    interleaved(role);
    crossed(role);
    errors(role);
    nonsense_in_a_run(role);
    flood(role);
    interleaved(role); /* all is well after that */
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[2] : "";

    EXPECT(argc >= 2);
    probe_start(argv[1]);

    if (strcmp(what, "reverse") == 0) {
        all(LAKE_RESPONDER);
    } else if (strcmp(what, "half-open") == 0) {
        EXPECT(argc == 4);
        half_open(atoi(argv[3]), LAKE_INITIATOR);
    } else if (strcmp(what, "one-host") == 0) {
        EXPECT(argc == 4);
        one_host(atoi(argv[3]));
    } else {
        wrong_requests();
        garbage();
        all(LAKE_INITIATOR);
    }
    return 0;
}
