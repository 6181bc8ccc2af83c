/* Structs of hosts that were compiled with another version's header.
 *
 * A host says in struct_size how large its struct is. Every size from the first
 * version's on is taken. What an older host lacks is 0, the default, when it comes in,
 * and is left out when it goes out. What a newer host has on top must be 0 when it
 * comes in, for we would not do what it says, and is made 0 when it goes out.
 *
 * A member that is added goes to the end, and not into the padding there. */
#ifndef LAKE_GROWTH_H
#define LAKE_GROWTH_H

#include "lake.h"

#include <stddef.h>
#include <string.h>

/* No struct will be as large: a struct_size that was not set is likely to be refused. */
#define LAKEC_MAX_STRUCT ((uint32_t)1 << 16)

/* Whether something of that size is taken; from or out NULL is refused, too. */
static inline int lakec_struct(const void *theirs, size_t first)
{
    uint32_t size;
    if (theirs == NULL)
        return 0;
    memcpy(&size, theirs, sizeof size);
    return size >= first && size <= LAKEC_MAX_STRUCT;
}

/* Makes ours, of size bytes, from theirs. */
static inline int lakec_take(void *ours, const void *theirs, size_t size, size_t first)
{
    uint32_t given;
    if (!lakec_struct(theirs, first))
        return 0;
    memcpy(&given, theirs, sizeof given);
    for (size_t i = size; i < given; i++)
        if (((const uint8_t *)theirs)[i] != 0)
            return 0;
    memset(ours, 0, size);
    memcpy(ours, theirs, given < size ? given : size);
    return 1;
}

/* Fills theirs, which lakec_struct has looked at, from ours. Its struct_size stays. */
static inline void lakec_give(void *theirs, const void *ours, size_t size)
{
    uint32_t given;
    memcpy(&given, theirs, sizeof given);
    size_t common = given < size ? given : size;
    memcpy((uint8_t *)theirs + sizeof given, (const uint8_t *)ours + sizeof given, common - sizeof given);
    memset((uint8_t *)theirs + common, 0, given - common);
}

/* The size that a struct had when the given member was its last. */
#define LAKEC_SIZE_TO(type, last) \
    ((offsetof(type, last) + sizeof(((type *)0)->last) + _Alignof(type) - 1) / _Alignof(type) * _Alignof(type))

/* The struct lake_<name>, and the last member that it had in its first version: that is
 * never changed. LAKEC_IN for those that come in, LAKEC_OUT for those that go out. */
#define LAKEC_IN(name, last) \
    static inline int lakec_take_##name(struct lake_##name *ours, const struct lake_##name *theirs) \
    { \
        return lakec_take(ours, theirs, sizeof *ours, LAKEC_SIZE_TO(struct lake_##name, last)); \
    }
#define LAKEC_OUT(name, last) \
    static inline int lakec_room_##name(const struct lake_##name *theirs) \
    { \
        return lakec_struct(theirs, LAKEC_SIZE_TO(struct lake_##name, last)); \
    } \
    static inline void lakec_give_##name(struct lake_##name *theirs, const struct lake_##name *ours) \
    { \
        lakec_give(theirs, ours, sizeof *ours); \
    }

LAKEC_OUT(suite_info, name)
LAKEC_OUT(method_info, name)
LAKEC_OUT(credential_info, origin_until)
LAKEC_OUT(session_info, peer_connection_id)
LAKEC_OUT(ead_item, is_unverified)
LAKEC_IN(resumption_options, chain_limit)
LAKEC_IN(limits, chain)
LAKEC_OUT(oscore_context, recipient_id)
LAKEC_IN(renewal_limits, run_age)
LAKEC_IN(coap_incoming, host_len)
LAKEC_OUT(coap_outgoing, duplicate)
LAKEC_IN(coap_profile, export_lengths)
LAKEC_OUT(coap_profile, export_lengths)
LAKEC_IN(coap_resource, profile_ids)
LAKEC_OUT(coap_resource, profile_ids)
LAKEC_IN(coap_limits, echo_age)
LAKEC_OUT(coap_stats, duplicates)
LAKEC_IN(endpoint_options, burst)
LAKEC_OUT(endpoint_action, address)
LAKEC_OUT(endpoint_peer, repeated)
LAKEC_OUT(endpoint_stats, forged)

#endif
