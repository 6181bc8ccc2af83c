/* What the shim files and the Go files share. */
#ifndef LAKE_SHIM_H
#define LAKE_SHIM_H

#include "growth.h"
#include "lake.h"

#include <signal.h>
#include <string.h>

/* Calls of the host's functions; Go cannot call a function pointer itself. Userdata that
 * is let go of meanwhile waits until the thread is in none of them (lifetime.go). */
extern _Thread_local int lakec_callbacks;
#define LAKEC_CALL(answer, call) \
    do { \
        lakec_callbacks++; \
        answer call; \
        lakec_callbacks--; \
    } while (0)
/* Whether this thread is in a function of the host's, and what names the thread. */
int lakec_in_callback(void);
uintptr_t lakec_thread(void);
void lakec_call_destroy(lake_destroy_fn fn, uintptr_t userdata);
void lakec_call_log(lake_log_fn fn, uintptr_t userdata, const char *line);
/* Whether this thread is in the host's log function. */
int lakec_in_log(void);
lake_status lakec_call_credential(lake_credential_fn fn, uintptr_t userdata, uintptr_t session, const uint8_t *id_cred,
                                  size_t id_cred_len, uintptr_t *credential);
lake_status lakec_call_ead(lake_ead_fn fn, uintptr_t userdata, uintptr_t session, int32_t message, int64_t label,
                           const uint8_t *value, size_t value_len);
lake_status lakec_call_verify(lake_verify_fn fn, uintptr_t userdata, uintptr_t session, uintptr_t peer);
lake_status lakec_call_key(lake_key_fn fn, uintptr_t userdata, int32_t operation, const uint8_t *in, size_t in_len,
                           uint8_t *out, size_t cap, size_t *len);

lake_status lakec_call_coap_prepare(lake_coap_prepare_fn fn, uintptr_t userdata, uintptr_t session);
lake_status lakec_call_coap_event(lake_coap_event_fn fn, uintptr_t userdata, int32_t kind, lake_status status,
                                  const char *text, const uint8_t *peer, size_t peer_len, const uint8_t *id,
                                  size_t id_len, uintptr_t session);

/* argv, environment and auxiliary vector of Go's runtime: start.c, capi/start. */
extern unsigned long lakec_arguments[];

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
/* The last second of the year 9999, and 100 years: what a date or an age can be. */
#define LAKEC_MAX_TIME ((int64_t)253402300799)
#define LAKEC_MAX_AGE ((uint64_t)100 * 366 * 86400)
/* Bytes of what names a peer of a CoAP server: it is kept with each run. */
#define LAKEC_MAX_PEER ((size_t)255)
/* Bytes of lake_saved_id. */
#define LAKEC_SAVED_ID 16

static inline int lakec_input(const void *data, size_t length)
{
    return (data != NULL || length == 0) && length <= LAKEC_MAX_INPUT;
}

/* A saved store may be larger: a million peers take half a kilobyte each, or more. */
static inline int lakec_store(const void *data, size_t length)
{
    return (data != NULL || length == 0) && length <= INT32_MAX;
}

static inline int lakec_inputs(const uint8_t *const *items, const size_t *lengths, size_t n)
{
    if (items == NULL || lengths == NULL || n == 0 || n > LAKEC_MAX_LIST)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (!lakec_input(items[i], lengths[i]))
            return 0;
    return 1;
}

static inline int lakec_list(const void *items, size_t n)
{
    return (items != NULL || n == 0) && n <= LAKEC_MAX_LIST;
}

static inline int lakec_output(const void *out, size_t cap, const size_t *len)
{
    return (out != NULL || cap == 0) && len != NULL;
}

/* A text that ends with a zero, within the bound of inputs. */
static inline int lakec_text(const char *text)
{
    return text != NULL && strnlen(text, LAKEC_MAX_INPUT + 1) <= LAKEC_MAX_INPUT;
}

static inline int lakec_flag(int32_t flag)
{
    return flag == 0 || flag == 1;
}

static inline int lakec_answer(int32_t answer)
{
    return answer >= LAKE_COAP_UNSAID && answer <= LAKE_COAP_NO;
}

/* What came in, in the form of ours. */
static inline int lakec_incoming(struct lake_coap_incoming *in, const struct lake_coap_incoming *given)
{
    return lakec_take_coap_incoming(in, given) && in->code >= 0 && in->code <= UINT8_MAX &&
           lakec_input(in->payload, in->payload_len) && lakec_input(in->echo, in->echo_len);
}

static inline int lakec_profile(struct lake_coap_profile *profile, const struct lake_coap_profile *given)
{
    return lakec_take_coap_profile(profile, given) && lakec_flag(profile->has_id) &&
           lakec_answer(profile->message_4) && lakec_answer(profile->combined_request) && lakec_answer(profile->resumption);
}

#endif
