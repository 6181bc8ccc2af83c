/* Texts that the library cuts are cut between characters, wherever the limit falls: what a
 * peer says in an error message is as long as it likes. */
#include "coap_fixture.h"
#include "fixture.h"

/* Ends the program unless the text is UTF-8, with no character that has only begun. */
static void check_utf8(const char *what, const char *text)
{
    const uint8_t *at = (const uint8_t *)text;
    while (*at != 0) {
        int more = *at < 0x80 ? 0 : *at >> 5 == 6 ? 1 : *at >> 4 == 14 ? 2 : *at >> 3 == 30 ? 3 : -1;
        if (more < 0) FAIL("%s: \"%s\" has a byte %02x that begins no character", what, text, *at);
        for (at++; more > 0; more--, at++)
            if (*at >> 6 != 2) FAIL("%s: \"%s\" has half a character", what, text);
    }
}

static int lines;

static void on_line(void *userdata, const char *line)
{
    (void)userdata;
    check_utf8("the log", line);
    lines++;
}

static const char *const characters[] = {"e", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x94\x91"};

/* before bytes of ASCII, and characters of one kind up to length bytes at least. */
static void make_text(char *text, size_t before, const char *character, size_t length)
{
    memset(text, 'x', before);
    text[before] = 0;
    while (strlen(text) < length) strcat(text, character);
}

static void from_the_peer(struct peers *p, const char *text)
{
    uint8_t error[2048];
    char got[2048];
    size_t len;
    int64_t code;
    OK(lake_error_build(1, text, NULL, 0, error, sizeof error, &len));
    peers_start(p);
    peers_exchange(p, 1, 1);
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED, lake_session_process_message(p->i, 2, error, len));
    OK(lake_session_error_text(p->i, got, sizeof got, &len));
    CHECK(len == strlen(got) && len <= 300);
    check_utf8("the error text", got);
    OK(lake_session_peer_error(p->i, &code, got, sizeof got, &len));
    check_utf8("the peer's error", got);
    CHECK(strncmp(got, text, len) == 0); /* all of it, or its beginning */
}

/* The same by way of a CoAP server, in the event of a run that failed. */
static void to_a_server(struct coap *c, const char *text)
{
    struct outgoing message_3, answer, store;
    uint8_t error[2048];
    size_t len;
    OK(lake_error_build(1, text, NULL, 0, error, sizeof error, &len));
    lake_coap_client *client = half(c, &message_3);
    struct lake_session_info info = info_of(session_of(client));
    handle(c, post_to(&store, info.peer_connection_id, (size_t)info.peer_connection_id_len, error, len), &answer);
    CHECK_STATUS(LAKE_ERR_PEER_UNSPECIFIED, c->status);
    CHECK(c->text[0] != 0);
    check_utf8("an event", c->text);
    OK(lake_coap_client_free(client));
}

int main(void)
{
    struct peers p;
    struct coap c;
    char text[1024];
    peers_make(&p, 3, 2);
    coap_make(&c);
    coap_server(&c, NULL);
    OK(lake_set_log(on_line, NULL, NULL));
    for (size_t i = 0; i < COUNT(characters); i++) {
        for (size_t before = 0; before < 8; before++) { /* whatever the limits are, each falls everywhere */
            make_text(text, before, characters[i], 700);
            from_the_peer(&p, text);
            to_a_server(&c, text);
        }
        for (size_t length = 0; length < 320; length += 3) {
            make_text(text, 1, characters[i], length);
            from_the_peer(&p, text);
        }
    }
    CHECK(lines > 0);
    OK(lake_set_log(NULL, NULL, NULL));
    coap_free(&c);
    peers_free(&p);
    return 0;
}
