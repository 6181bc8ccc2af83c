/* What needs no Go, and the functions that do something else than the others, which
 * `make generate` writes to shim_generated.c: the table byHand of abi/gen/shim.go. */
#include "names.h"
#include "shim.h"
#include "status_table.h"

#include "_cgo_export.h"

#include <string.h>

/* --- Fork ------------------------------------------------------------------ */

volatile sig_atomic_t lakec_forked;

#ifndef _WIN32 /* which has no fork */
#include <pthread.h>

static void in_child(void)
{
    lakec_forked = 1;
}

__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, in_child);
}
#endif

/* --- What needs no Go ------------------------------------------------------- */

const char *lake_version(void)
{
    return LAKE_VERSION;
}

uint32_t lake_version_number(void)
{
    return LAKE_VERSION_NUMBER;
}

uint32_t lake_abi_version(void)
{
    return LAKE_ABI_VERSION;
}

const char *lake_strerror(lake_status status)
{
    switch (status) {
#define X(name, text) case name: return text;
    LAKE_STATUS_TABLE(X)
#undef X
    }
    return "unknown status";
}

const char *lake_status_name(lake_status status)
{
    switch (status) {
#define X(name, text) case name: return #name;
    LAKE_STATUS_TABLE(X)
#undef X
    }
    return "LAKE_UNKNOWN";
}

#define X(number, name) case number: return name;

static const char *suite_name(int32_t suite)
{
    switch (suite) {
    LAKEC_SUITES(X)
    }
    return NULL;
}

static const char *method_name(int32_t method)
{
    switch (method) {
    LAKEC_METHODS(X)
    }
    return NULL;
}

const char *lake_state_name(int32_t state)
{
    switch (state) {
    LAKEC_STATES(X)
    }
    return "unknown state";
}

#undef X

int32_t lake_has_feature(const char *name)
{
    static const char *const features[] = {
#define X(name) name,
        LAKEC_FEATURES(X)
#undef X
#define X(number, name) "suite-" #number,
        LAKEC_SUITES(X)
#undef X
#define X(number, name) "method-" #number,
        LAKEC_METHODS(X)
#undef X
    };
    if (name == NULL)
        return 0;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++)
        if (strcmp(name, features[i]) == 0)
            return 1;
    return 0;
}

void lake_wipe(void *p, size_t n)
{
    volatile unsigned char *bytes = p; /* volatile: the stores are not dead */
    if (bytes == NULL)
        return;
    while (n-- > 0)
        *bytes++ = 0;
}

size_t lake_live_handles(void)
{
    return lakec_forked ? 0 : lakego_live_handles();
}

/* --- Suites and methods: their names are here ------------------------------------- */

lake_status lake_suite_info(int32_t suite, struct lake_suite_info *info)
{
    struct lake_suite_info made = {0};
    LAKEC_CHECK(lakec_room_suite_info(info));
    lake_status status = lakego_suite_info(suite, &made);
    made.name = suite_name(suite);
    if (status == LAKE_OK)
        lakec_give_suite_info(info, &made);
    return status;
}

lake_status lake_method_info(int32_t method, struct lake_method_info *info)
{
    struct lake_method_info made = {0};
    LAKEC_CHECK(lakec_room_method_info(info));
    lake_status status = lakego_method_info(method, &made);
    made.name = method_name(method);
    if (status == LAKE_OK)
        lakec_give_method_info(info, &made);
    return status;
}

/* --- Sessions -------------------------------------------------------------------- */

lake_status lake_session_step(lake_session *session, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                              size_t *len)
{
    /* Hosts send what *len says after an error, too. */
    if (len != NULL)
        *len = 0;
    LAKEC_CHECK(session != NULL && lakec_input(in, in_len) && lakec_output(out, cap, len));
    return lakego_session_step((uintptr_t)session, (uint8_t *)in, in_len, out, cap, len);
}

lake_status lake_session_oscore_context(lake_session *session, struct lake_oscore_context *out)
{
    struct lake_oscore_context made;
    LAKEC_CHECK(session != NULL && lakec_room_oscore_context(out));
    memset(&made, 0, sizeof made);
    lake_status status = lakego_session_oscore_context((uintptr_t)session, &made);
    if (status == LAKE_OK)
        lakec_give_oscore_context(out, &made);
    lake_wipe(&made, sizeof made);
    return status;
}

/* --- CoAP clients ----------------------------------------------------------------- */

/* Hosts look at the request and its length after an error, too. */
static const struct lake_coap_outgoing nothing = {.format = LAKE_COAP_FORMAT_NONE};

static void nothing_yet(struct lake_coap_outgoing *request, size_t *len)
{
    if (len != NULL)
        *len = 0;
    if (lakec_room_coap_outgoing(request))
        lakec_give_coap_outgoing(request, &nothing);
}

lake_status lake_coap_client_start(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                   size_t cap, size_t *len)
{
    nothing_yet(request, len);
    LAKEC_CHECK(client != NULL && lakec_room_coap_outgoing(request) && lakec_output(out, cap, len));
    struct lake_coap_outgoing made = nothing;
    lake_status status = lakego_coap_client_start((uintptr_t)client, &made, out, cap, len);
    lakec_give_coap_outgoing(request, &made);
    return status;
}

lake_status lake_coap_client_next(lake_coap_client *client, const struct lake_coap_incoming *response,
                                  struct lake_coap_outgoing *request, uint8_t *out, size_t cap, size_t *len)
{
    nothing_yet(request, len);
    struct lake_coap_incoming taken;
    struct lake_coap_outgoing made = nothing;
    LAKEC_CHECK(client != NULL && lakec_response(&taken, response) && lakec_room_coap_outgoing(request) &&
                lakec_output(out, cap, len));
    lake_status status = lakego_coap_client_next((uintptr_t)client, &taken, &made, out, cap, len);
    lakec_give_coap_outgoing(request, &made);
    return status;
}

lake_status lake_coap_client_again(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                   size_t cap, size_t *len)
{
    nothing_yet(request, len);
    LAKEC_CHECK(client != NULL && lakec_room_coap_outgoing(request) && lakec_output(out, cap, len));
    struct lake_coap_outgoing made = nothing;
    lake_status status = lakego_coap_client_again((uintptr_t)client, &made, out, cap, len);
    lakec_give_coap_outgoing(request, &made);
    return status;
}

lake_status lake_coap_client_continue(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                    size_t cap, size_t *len)
{
    nothing_yet(request, len);
    LAKEC_CHECK(client != NULL && lakec_room_coap_outgoing(request) && lakec_output(out, cap, len));
    struct lake_coap_outgoing made = nothing;
    lake_status status = lakego_coap_client_continue((uintptr_t)client, &made, out, cap, len);
    lakec_give_coap_outgoing(request, &made);
    return status;
}
