/* The library as a whole: versions, names, fork, log, suites, methods, keys. */
#include "names.h"
#include "shim.h"
#include "status_table.h"

#include "_cgo_export.h"

#include <pthread.h>
#include <string.h>

/* --- Fork ------------------------------------------------------------------ */

volatile sig_atomic_t lakec_forked;

static void in_child(void)
{
    lakec_forked = 1;
}

__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, in_child);
}

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

/* --- The host's functions ------------------------------------------------------- */

_Thread_local int lakec_callbacks;

int lakec_in_callback(void)
{
    return lakec_callbacks > 0;
}

uintptr_t lakec_thread(void)
{
    return (uintptr_t)&lakec_callbacks;
}

void lakec_call_destroy(lake_destroy_fn fn, uintptr_t userdata)
{
    LAKEC_CALL(, fn((void *)userdata));
}

/* --- Log --------------------------------------------------------------------- */

static _Thread_local int in_log;

int lakec_in_log(void)
{
    return in_log;
}

void lakec_call_log(lake_log_fn fn, uintptr_t userdata, const char *line)
{
    in_log = 1;
    LAKEC_CALL(, fn((void *)userdata, line));
    in_log = 0;
}

lake_status lake_set_log(lake_log_fn fn, void *userdata, lake_destroy_fn destroy)
{
    LAKEC_CHECK(1);
    return lakego_set_log(fn, (uintptr_t)userdata, destroy);
}

/* --- What the library is and can do ------------------------------------------- */

lake_status lake_build_info(char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_build_info(out, cap, len);
}

size_t lake_live_handles(void)
{
    return lakec_forked ? 0 : lakego_live_handles();
}

lake_status lake_suites(int32_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_suites(out, cap, len);
}

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

lake_status lake_methods(int32_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_output(out, cap, len));
    return lakego_methods(out, cap, len);
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

lake_status lake_keypair_generate(int32_t kind, uint8_t *private_key, size_t private_cap, size_t *private_len,
                                  uint8_t *public_key, size_t public_cap, size_t *public_len)
{
    LAKEC_CHECK(lakec_output(private_key, private_cap, private_len) && lakec_output(public_key, public_cap, public_len));
    return lakego_keypair_generate(kind, private_key, private_cap, private_len, public_key, public_cap, public_len);
}
