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
void lakec_call_keylog(lake_keylog_fn fn, uintptr_t userdata, const char *text);
lake_status lakec_call_key(lake_key_fn fn, uintptr_t userdata, int32_t operation, const uint8_t *in, size_t in_len,
                           uint8_t *out, size_t cap, size_t *len);

lake_status lakec_call_coap_prepare(lake_coap_prepare_fn fn, uintptr_t userdata, uintptr_t session);
lake_status lakec_call_coap_event(lake_coap_event_fn fn, uintptr_t userdata, int32_t kind, lake_status status,
                                  const char *text, const uint8_t *peer, size_t peer_len, const uint8_t *id,
                                  size_t id_len, uintptr_t session);

lake_status lakec_call_endpoint_prepare(lake_endpoint_prepare_fn fn, uintptr_t userdata, uintptr_t session,
                                        const uint8_t *address, size_t address_len);

/* argv, environment and auxiliary vector of Go's runtime: start_linux.c, capi/start. */
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
/* Bytes of the longest connection identifier, as in lake_limits. */
#define LAKEC_MAX_ID ((size_t)64)
/* Bytes of a LAKE_DATA_* that is a hash. */
#define LAKEC_HASH ((size_t)32)
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

/* The same, or none at all. */
static inline int lakec_optional_text(const char *text)
{
    return text == NULL || lakec_text(text);
}

static inline size_t lakec_text_length(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

static inline int lakec_id(const uint8_t *id, size_t length)
{
    return lakec_input(id, length) && length <= LAKEC_MAX_ID;
}

static inline int lakec_address(const uint8_t *address, size_t length)
{
    return lakec_input(address, length) && length <= LAKE_ENDPOINT_ADDRESS_MAX;
}

/* A time of lake_endpoint, whose years are as few as those of a date. */
static inline int lakec_milliseconds(int64_t now)
{
    return now >= 0 && now <= LAKEC_MAX_TIME * 1000;
}

/* Whom lake_resumption_forget can look for. */
static inline int lakec_names_peers(int32_t which, const uint8_t *value, size_t value_len, const uint8_t *serial,
                                    size_t serial_len)
{
    if (which == LAKE_DATA_ISSUER)
        return value != NULL && value_len > 0;
    return serial == NULL && serial_len == 0 &&
           (which == LAKE_DATA_CRED || ((which == LAKE_DATA_FINGERPRINT || which == LAKE_DATA_KEY_HASH) &&
                                        value != NULL && value_len == LAKEC_HASH));
}

static inline int lakec_role(int32_t role)
{
    return role == LAKE_INITIATOR || role == LAKE_RESPONDER;
}

static inline int lakec_flag(int32_t flag)
{
    return flag == 0 || flag == 1;
}

static inline int lakec_answer(int32_t answer)
{
    return answer >= LAKE_COAP_UNSAID && answer <= LAKE_COAP_NO;
}

/* Structs that come in, in the form of ours, if what is in them can be. */

static inline int lakec_in_limits(struct lake_limits *ours, const struct lake_limits *theirs)
{
    return lakec_take_limits(ours, theirs);
}

static inline int lakec_in_renewal_limits(struct lake_renewal_limits *ours, const struct lake_renewal_limits *theirs)
{
    return lakec_take_renewal_limits(ours, theirs) && ours->key_sets <= LAKEC_MAX_INPUT &&
           ours->key_age <= LAKEC_MAX_AGE && ours->run_age <= LAKEC_MAX_AGE;
}

/* NULL: what a host that says nothing wants. */
static inline int lakec_in_resumption_options(struct lake_resumption_options *ours,
                                              const struct lake_resumption_options *theirs)
{
    memset(ours, 0, sizeof *ours);
    return theirs == NULL || (lakec_take_resumption_options(ours, theirs) && ours->kid_length <= LAKEC_MAX_INPUT &&
                              ours->limit <= LAKEC_MAX_INPUT && ours->lifetime <= LAKEC_MAX_AGE &&
                              ours->chain_limit <= LAKEC_MAX_AGE);
}

static inline int lakec_in_coap_limits(struct lake_coap_limits *ours, const struct lake_coap_limits *theirs)
{
    return lakec_take_coap_limits(ours, theirs) && ours->half_open <= INT32_MAX && ours->threshold <= INT32_MAX &&
           ours->per_host <= INT32_MAX && ours->cache <= INT32_MAX && ours->body <= INT32_MAX &&
           ours->message_1 <= INT32_MAX && lakec_flag(ours->no_echo);
}

static inline int lakec_in_coap_profile(struct lake_coap_profile *ours, const struct lake_coap_profile *theirs)
{
    return lakec_take_coap_profile(ours, theirs) && lakec_flag(ours->has_id) && lakec_answer(ours->message_4) &&
           lakec_answer(ours->combined_request) && lakec_answer(ours->resumption);
}

static inline int lakec_in_coap_resource(struct lake_coap_resource *ours, const struct lake_coap_resource *theirs)
{
    return lakec_take_coap_resource(ours, theirs) && lakec_flag(ours->initiator) && lakec_flag(ours->responder);
}

static inline int lakec_response(struct lake_coap_incoming *ours, const struct lake_coap_incoming *theirs)
{
    return lakec_take_coap_incoming(ours, theirs) && ours->code >= 0 && ours->code <= UINT8_MAX &&
           lakec_input(ours->payload, ours->payload_len) && lakec_input(ours->echo, ours->echo_len);
}

static inline int lakec_in_coap_incoming(struct lake_coap_incoming *ours, const struct lake_coap_incoming *theirs)
{
    return lakec_response(ours, theirs) && lakec_flag(ours->edhoc) && ours->message_id >= -1 &&
           ours->message_id <= UINT16_MAX && lakec_input(ours->kid, ours->kid_len) &&
           lakec_input(ours->token, ours->token_len) && lakec_input(ours->peer, ours->peer_len) &&
           ours->peer_len <= LAKEC_MAX_PEER && ours->host_len <= ours->peer_len;
}

/* NULL: what a host that says nothing wants. */
static inline int lakec_in_endpoint_options(struct lake_endpoint_options *ours,
                                            const struct lake_endpoint_options *theirs)
{
    memset(ours, 0, sizeof *ours);
    return theirs == NULL ||
           (lakec_take_endpoint_options(ours, theirs) &&
            (ours->flags & ~(LAKE_ENDPOINT_FLAG_REVERSE | LAKE_ENDPOINT_FLAG_COMBINED | LAKE_ENDPOINT_FLAG_NO_ECHO)) == 0 &&
            lakec_optional_text(ours->open_paths) && ours->idle <= LAKEC_MAX_AGE && ours->burst <= INT32_MAX &&
            ours->per_credential <= INT32_MAX && ours->memory <= INT32_MAX && ours->age <= LAKEC_MAX_AGE && ours->reserved == 0 &&
            ours->replay_size <= INT32_MAX && ours->peers <= INT32_MAX && ours->exchanges <= INT32_MAX &&
            ours->kept <= INT32_MAX && ours->waiting <= INT32_MAX && ours->runs <= INT32_MAX &&
            ours->strangers <= INT32_MAX && ours->block <= INT32_MAX && ours->bodies <= INT32_MAX &&
            ours->body <= INT32_MAX && ours->half_open <= INT32_MAX && ours->threshold <= INT32_MAX);
}

#endif
