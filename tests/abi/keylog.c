/* The key log: one line a run, the same on both sides; nothing unless the host asks. */
#include "fixture.h"

struct log {
    int calls;
    char secrets[2048], contexts[2048];
};

static void on_keylog(void *userdata, const char *text)
{
    struct log *log = userdata;
    log->calls++;
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        char *into = *text == '#' ? log->contexts : log->secrets;
        CHECK(strlen(into) + (size_t)(end + 1 - text) < sizeof log->secrets);
        strncat(into, text, (size_t)(end + 1 - text));
    }
    CHECK(*text == 0); /* the last line has its end, too */
    (void)lake_live_handles(); /* the library can be called from here */
}

static int count(const char *text, char c)
{
    int n = 0;
    for (; *text; text++) n += *text == c;
    return n;
}

static struct log log_i, log_r;

static void start(struct peers *p, int32_t method, int logged)
{
    memset(&log_i, 0, sizeof log_i);
    memset(&log_r, 0, sizeof log_r);
    peers_make(p, method, 2);
    if (logged) {
        OK(lake_config_set_keylog(p->config_i, on_keylog, &log_i, NULL));
        OK(lake_config_set_keylog(p->config_r, on_keylog, &log_r, NULL));
    }
    peers_start(p);
}

/* That of the OSCORE context is what the host gets, too. */
static void check_context(lake_session *session)
{
    struct lake_oscore_context c = {.struct_size = sizeof c};
    char secret[2 * 16 + 3] = "\"";
    OK(lake_session_oscore_context(session, &c));
    CHECK_INT(16, c.master_secret_len);
    for (size_t i = 0; i < 16; i++) sprintf(secret + 1 + 2 * i, "%02x", c.master_secret[i]);
    CHECK(strstr(log_i.contexts, strcat(secret, "\"")) != NULL);
}

int main(void)
{
    struct peers p;
    for (int32_t method = 0; method < 4; method++) {
        start(&p, method, 1);
        peers_exchange(&p, 1, 2);
        CHECK_INT(0, log_i.calls + log_r.calls); /* a line is given whole */
        peers_exchange(&p, 3, 3);
        CHECK_INT(1, log_i.calls);
        CHECK_INT(1, log_r.calls);
        peers_exchange(&p, 4, 4);
        check_context(p.i);
        peers_free(&p);
        CHECK_INT(2, log_i.calls + log_r.calls); /* once */
        CHECK(strcmp(log_i.secrets, log_r.secrets) == 0 && strcmp(log_i.contexts, log_r.contexts) == 0);
        CHECK_INT(6, count(log_i.secrets, ','));
        CHECK_INT(6 * 64 + 64 + 6 + 1, strlen(log_i.secrets));
        CHECK_INT(2, count(log_i.contexts, '\n'));

        /* The host lets go of a run after message_2. */
        start(&p, method, 1);
        peers_exchange(&p, 1, 2);
        peers_free(&p);
        CHECK_INT(1, log_i.calls);
        CHECK_INT(4 * 64 + 64 + 6 + 1, strlen(log_i.secrets));
        CHECK(strcmp(log_i.secrets, log_r.secrets) == 0 && log_i.contexts[0] == 0);

        start(&p, method, 1);
        peers_exchange(&p, 1, 1);
        peers_free(&p);
        CHECK_INT(0, log_i.calls + log_r.calls); /* message_1 is not encrypted */

        start(&p, method, 0);
        peers_exchange(&p, 1, 4);
        peers_free(&p);
        CHECK_INT(0, log_i.calls + log_r.calls);
    }
    return 0;
}
