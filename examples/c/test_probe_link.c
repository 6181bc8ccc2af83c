/* test_probe_link.c <port> [libcoap] - what a server says of itself in /.well-known/core, and
 * that it does what it says. The server is edhoc_server; libcoap: libcoap_oscore. */
#include <string.h>
#include <unistd.h>

#include "probe.h"

/* The EDHOC option, in a request that has no message_3. */
static void combined(int s, int refusal)
{
    struct datagram d = request(POST, ".well-known", "edhoc"), answer;

    add_option(&d, EDHOC, NULL, 0);
    add_payload(&d, "\x41\x00\x41\x00", 4);
    answer = ask(s, d);
    EXPECT(code(&answer) == refusal);
}

static void link_of(int s, int is_combined)
{
    static const char wanted[] = "</.well-known/edhoc>;rt=core.edhoc;";
    struct datagram d = request(GET, ".well-known", "core"), answer;
    const uint8_t *bytes;
    char text[1500];

    add_option(&d, URI_QUERY, "rt=core.edhoc", 13);
    answer = ask(s, d);
    const size_t len = payload(&answer, &bytes);
    snprintf(text, sizeof text, "%.*s", (int)len, (const char *)bytes);
    EXPECT(code(&answer) == CONTENT && strstr(text, wanted));
    EXPECT(strstr(text, ";ed-i;ed-r") && (strstr(text, "ed-comb-req") != NULL) == is_combined);
}

/* libcoap would put together what strangers send, without bounds: libcoap_oscore does not let it. */
static void no_blocks(int s)
{
    static const uint8_t part_of_it[1024] = {0xf5};
    struct datagram d = request(POST, ".well-known", "edhoc"), answer;

    add_format(&d, FORMAT_CID_EDHOC);
    add_block(&d, BLOCK1, 0, 1);
    add_payload(&d, part_of_it, sizeof part_of_it);
    answer = ask(s, d);
    EXPECT(code(&answer) == TOO_LARGE);
}

int main(int argc, char **argv)
{
    EXPECT(argc >= 2);
    probe_start(argv[1]);
    const int is_libcoap = argc > 2 && strcmp(argv[2], "libcoap") == 0, s = open_socket();

    combined(s, is_libcoap ? BAD_OPTION : BAD_REQUEST);
    link_of(s, !is_libcoap);
    if (is_libcoap)
        no_blocks(s);
    close(s);
    puts("the link says what the server does, and is right");
    return 0;
}
