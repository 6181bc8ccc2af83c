/* What the shim files and the Go files share. */
#ifndef LAKE_SHIM_H
#define LAKE_SHIM_H

#include "lake.h"

#include <signal.h>

/* Calls of the host's functions; Go cannot call a function pointer itself. */
void lakec_call_log(lake_log_fn fn, uintptr_t userdata, const char *line);
lake_status lakec_call_credential(lake_credential_fn fn, uintptr_t userdata, uintptr_t session, const uint8_t *id_cred,
                                  size_t id_cred_len, uintptr_t *credential);
lake_status lakec_call_ead(lake_ead_fn fn, uintptr_t userdata, uintptr_t session, int32_t message, int64_t label,
                           const uint8_t *value, size_t value_len);

/* What can be known of a session in any state; -1: not yet. */
struct lakec_info {
    int32_t role, state, next, method, suite, complete, authenticated;
};

/* Set in a child of fork, where Go's runtime hangs sooner or later. */
extern volatile sig_atomic_t lakec_forked;

/* The start of every function that returns a status. */
#define LAKEC_CHECK(arguments_are_right) \
    do { \
        if (lakec_forked) \
            return LAKE_ERR_FORKED; \
        if (!(arguments_are_right)) \
            return LAKE_ERR_ARGUMENT; \
    } while (0)

/* No input that makes sense is larger; so none is copied that would exhaust
 * memory or not fit an int. */
#define LAKEC_MAX_INPUT ((size_t)16 << 20)
#define LAKEC_MAX_LIST ((size_t)4096)

static inline int lakec_input(const void *data, size_t length)
{
    return (data != NULL || length == 0) && length <= LAKEC_MAX_INPUT;
}

static inline int lakec_list(const void *items, size_t n)
{
    return (items != NULL || n == 0) && n <= LAKEC_MAX_LIST;
}

static inline int lakec_output(const void *out, size_t cap, const size_t *len)
{
    return (out != NULL || cap == 0) && len != NULL;
}

#endif
