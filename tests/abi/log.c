/* The log: off by default, a line per event when on, and never a secret in it;
 * nor in the texts of errors. */
#include "fixture.h"

static char lines[1 << 20];
static size_t lines_len;
static int lines_count;

static void collect(const char *text)
{
    size_t n = strlen(text) + 1;
    CHECK(lines_len + n <= sizeof lines);
    memcpy(lines + lines_len, text, n);
    lines_len += n;
}

static void on_line(void *userdata, const char *line)
{
    CHECK(userdata == lines);
    CHECK(line[0] != 0 && strchr(line, '\n') == NULL);
    lines_count++;
    collect(line);
    (void)lake_live_handles(); /* the library can be called from here */
}

static int contains(const void *needle, size_t n)
{
    for (size_t i = 0; i + n <= lines_len; i++)
        if (memcmp(lines + i, needle, n) == 0) return 1;
    return 0;
}

/* No eight bytes of a secret, raw or as hex. */
static void check_absent(const uint8_t *secret, size_t n)
{
    for (size_t i = 0; i + 8 <= n; i++) {
        char lower[17], upper[17];
        for (int b = 0; b < 8; b++) {
            sprintf(lower + 2 * b, "%02x", secret[i + b]);
            sprintf(upper + 2 * b, "%02X", secret[i + b]);
        }
        CHECK(!contains(secret + i, 8) && !contains(lower, 16) && !contains(upper, 16));
    }
}

static void collect_error_text(lake_session *session)
{
    char text[512];
    size_t len;
    OK(lake_session_error_text(session, text, sizeof text, &len));
    CHECK(len <= 300);
    collect(text);
}

static void check_run(struct peers *p)
{
    struct lake_oscore_context c = {.struct_size = sizeof c};
    uint8_t exported[32];
    if (lake_session_oscore_context(p->i, &c) == LAKE_OK) {
        check_absent(c.master_secret, c.master_secret_len);
        check_absent(c.master_salt, c.master_salt_len);
        OK(lake_session_export(p->i, 32768, NULL, 0, exported, sizeof exported));
        check_absent(exported, sizeof exported);
    }
    collect_error_text(p->i);
    collect_error_text(p->r);
    check_absent(p->id_i.private_key, p->id_i.private_len);
    check_absent(p->id_r.private_key, p->id_r.private_len);
}

static void run(int32_t method, int last)
{
    struct peers p;
    peers_make(&p, method, 2);
    peers_start(&p);
    peers_exchange(&p, 1, last);
    if (last < 4) {
        peers_prepare(&p, last + 1);
        p.messages[last + 1].bytes[p.messages[last + 1].len - 1] ^= 1;
        (void)peers_process(&p, last + 1); /* any outcome: it is logged */
    }
    check_run(&p);
    peers_free(&p);
}

/* Keys in the wrong places must not be quoted. */
static void misplaced(void)
{
    struct peers p;
    lake_credential *credential;
    peers_make(&p, 3, 2);
    const struct identity *who = &p.id_i;
    CHECK(lake_credential_from_ccs(who->private_key, who->private_len, &credential) < 0);
    CHECK(lake_credential_from_x509(&(const uint8_t *){who->private_key}, &(size_t){who->private_len}, 1, &credential) < 0);
    CHECK(lake_credential_from_id_cred(who->private_key, who->private_len, &credential) < 0);
    credential = identity_public(&p.id_r);
    CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(credential, who->private_key, who->private_len));
    CHECK_STATUS(LAKE_ERR_PRIVATE_KEY, lake_credential_set_private_key(credential, who->private_key, 31));
    OK(lake_credential_free(credential));
    peers_start(&p);
    CHECK(lake_session_process_message(p.r, 1, who->private_key, who->private_len) < 0);
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_process_message(p.i, 2, who->private_key, who->private_len));
    check_run(&p);
    peers_free(&p);
}

int main(void)
{
    run(0, 4);
    CHECK_INT(0, lines_count); /* off by default */
    OK(lake_set_log(on_line, lines, NULL));
    for (int32_t method = 0; method < 4; method++)
        for (int last = 0; last <= 4; last++) {
            int before = lines_count;
            run(method, last);
            CHECK(lines_count > before);
        }
    misplaced();
    OK(lake_set_log(NULL, NULL, NULL));
    int before = lines_count;
    run(0, 4);
    run(0, 2);
    CHECK_INT(before, lines_count);
    CHECK_INT(0, lake_live_handles());
    return 0;
}
