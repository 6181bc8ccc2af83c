/* EDHOC over CoAP: connection identifiers and servers. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

/* --- Connection identifiers ------------------------------------------------------- */

lake_status lake_coap_ids_new(size_t min, size_t max, lake_coap_ids **out)
{
    LAKEC_CHECK(min <= LAKEC_MAX_INPUT && max <= LAKEC_MAX_INPUT && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_coap_ids_new(min, max, &handle);
    if (status == LAKE_OK)
        *out = (lake_coap_ids *)handle;
    return status;
}

lake_status lake_coap_ids_free(lake_coap_ids *ids)
{
    LAKEC_CHECK(1);
    return ids == NULL ? LAKE_OK : lakego_coap_ids_free((uintptr_t)ids);
}

lake_status lake_coap_ids_take(lake_coap_ids *ids, const uint8_t *peer_id, size_t peer_id_len, uint8_t out[7],
                               size_t *len)
{
    LAKEC_CHECK(ids != NULL && lakec_input(peer_id, peer_id_len) && out != NULL && len != NULL);
    return lakego_coap_ids_take((uintptr_t)ids, (uint8_t *)peer_id, peer_id_len, out, len);
}

/* The longest connection identifier, as in lake_limits. */
#define MAX_ID 64

lake_status lake_coap_ids_reserve(lake_coap_ids *ids, const uint8_t *id, size_t id_len)
{
    LAKEC_CHECK(ids != NULL && lakec_input(id, id_len) && id_len <= MAX_ID);
    return lakego_coap_ids_reserve((uintptr_t)ids, (uint8_t *)id, id_len);
}

lake_status lake_coap_ids_release(lake_coap_ids *ids, const uint8_t *id, size_t id_len)
{
    LAKEC_CHECK(ids != NULL && lakec_input(id, id_len));
    return lakego_coap_ids_release((uintptr_t)ids, (uint8_t *)id, id_len);
}

lake_status lake_coap_ids_count(lake_coap_ids *ids, size_t *count)
{
    LAKEC_CHECK(ids != NULL && count != NULL);
    return lakego_coap_ids_count((uintptr_t)ids, count);
}

/* --- Servers ------------------------------------------------------------------------- */

lake_status lakec_call_coap_prepare(lake_coap_prepare_fn fn, uintptr_t userdata, uintptr_t session)
{
    lake_status status;
    LAKEC_CALL(status =, fn((void *)userdata, (lake_session *)session));
    return status;
}

lake_status lakec_call_coap_event(lake_coap_event_fn fn, uintptr_t userdata, int32_t kind, lake_status status,
                                  const char *text, const uint8_t *peer, size_t peer_len, const uint8_t *id,
                                  size_t id_len, uintptr_t session)
{
    const struct lake_coap_event event = {
        .struct_size = sizeof event,
        .kind = kind,
        .status = status,
        .text = text,
        .peer = peer,
        .peer_len = peer_len,
        .id = id,
        .id_len = id_len,
        .session = (lake_session *)session,
    };
    lake_status answer;
    LAKEC_CALL(answer =, fn((void *)userdata, &event));
    return answer;
}

lake_status lake_coap_server_new(lake_config *responder, lake_config *initiator, lake_coap_ids *ids,
                                 lake_coap_event_fn on_event, void *userdata, lake_destroy_fn destroy,
                                 lake_coap_server **out)
{
    LAKEC_CHECK((responder != NULL || initiator != NULL) && on_event != NULL && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_coap_server_new((uintptr_t)responder, (uintptr_t)initiator, (uintptr_t)ids, on_event,
                                                (uintptr_t)userdata, destroy, &handle);
    if (status == LAKE_OK)
        *out = (lake_coap_server *)handle;
    return status;
}

lake_status lake_coap_server_free(lake_coap_server *server)
{
    LAKEC_CHECK(1);
    return server == NULL ? LAKE_OK : lakego_coap_server_free((uintptr_t)server);
}

lake_status lake_coap_server_set_limits(lake_coap_server *server, const struct lake_coap_limits *limits)
{
    struct lake_coap_limits taken;
    LAKEC_CHECK(server != NULL && lakec_take_coap_limits(&taken, limits) && taken.half_open <= INT32_MAX &&
                taken.threshold <= INT32_MAX && taken.per_host <= INT32_MAX && taken.cache <= INT32_MAX &&
                taken.body <= INT32_MAX && taken.message_1 <= INT32_MAX && lakec_flag(taken.no_echo));
    return lakego_coap_server_set_limits((uintptr_t)server, &taken);
}

lake_status lake_coap_server_set_prepare(lake_coap_server *server, lake_coap_prepare_fn fn, void *userdata,
                                         lake_destroy_fn destroy)
{
    LAKEC_CHECK(server != NULL);
    return lakego_coap_server_set_prepare((uintptr_t)server, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_coap_server_add_profile(lake_coap_server *server, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken;
    LAKEC_CHECK(server != NULL && lakec_profile(&taken, profile));
    return lakego_coap_server_add_profile((uintptr_t)server, &taken);
}

lake_status lake_coap_server_link(lake_coap_server *server, const char *path, int32_t combined_request, char *out,
                                  size_t cap, size_t *len)
{
    LAKEC_CHECK(server != NULL && lakec_text(path) && (combined_request == 0 || combined_request == 1) &&
                lakec_output(out, cap, len));
    return lakego_coap_server_link((uintptr_t)server, (char *)path, strlen(path), combined_request, out, cap, len);
}

static int take_request(struct lake_coap_incoming *in, const struct lake_coap_incoming *given)
{
    return lakec_incoming(in, given) && (in->edhoc == 0 || in->edhoc == 1) && in->message_id >= -1 &&
           in->message_id <= UINT16_MAX && lakec_input(in->kid, in->kid_len) && lakec_input(in->token, in->token_len) &&
           lakec_input(in->peer, in->peer_len) && in->peer_len <= LAKEC_MAX_PEER && in->host_len <= in->peer_len;
}

lake_status lake_coap_server_handle(lake_coap_server *server, const struct lake_coap_incoming *request,
                                    struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_coap_incoming taken;
    struct lake_coap_outgoing made = {0};
    LAKEC_CHECK(server != NULL && take_request(&taken, request) && lakec_room_coap_outgoing(answer) &&
                lakec_output(out, cap, len));
    lake_status status = lakego_coap_server_handle((uintptr_t)server, &taken, &made, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_coap_outgoing(answer, &made);
    return status;
}

lake_status lake_coap_server_continue(lake_coap_server *server, lake_session *session,
                                    struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(server != NULL && session != NULL && lakec_room_coap_outgoing(answer) && lakec_output(out, cap, len));
    struct lake_coap_outgoing made = {0};
    lake_status status = lakego_coap_server_continue((uintptr_t)server, (uintptr_t)session, &made, out, cap, len);
    if (status == LAKE_OK)
        lakec_give_coap_outgoing(answer, &made);
    return status;
}

lake_status lake_coap_server_expire(lake_coap_server *server)
{
    LAKEC_CHECK(server != NULL);
    return lakego_coap_server_expire((uintptr_t)server);
}

lake_status lake_coap_server_reserve(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len)
{
    LAKEC_CHECK(server != NULL && lakec_input(recipient_id, recipient_id_len) && recipient_id_len <= MAX_ID);
    return lakego_coap_server_reserve((uintptr_t)server, (uint8_t *)recipient_id, recipient_id_len);
}

lake_status lake_coap_server_release(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len)
{
    LAKEC_CHECK(server != NULL && lakec_input(recipient_id, recipient_id_len));
    return lakego_coap_server_release((uintptr_t)server, (uint8_t *)recipient_id, recipient_id_len);
}

lake_status lake_coap_server_stats(lake_coap_server *server, struct lake_coap_stats *stats)
{
    struct lake_coap_stats made;
    LAKEC_CHECK(server != NULL && lakec_room_coap_stats(stats));
    lake_status status = lakego_coap_server_stats((uintptr_t)server, &made);
    if (status == LAKE_OK)
        lakec_give_coap_stats(stats, &made);
    return status;
}
