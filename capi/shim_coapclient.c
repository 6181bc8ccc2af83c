/* EDHOC over CoAP: clients. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_coap_client_new(lake_config *config, int32_t role, lake_coap_ids *ids, lake_coap_client **out)
{
    LAKEC_CHECK(config != NULL && (role == LAKE_INITIATOR || role == LAKE_RESPONDER) && out != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_coap_client_new((uintptr_t)config, role, (uintptr_t)ids, &handle);
    if (status == LAKE_OK)
        *out = (lake_coap_client *)handle;
    return status;
}

lake_status lake_coap_client_free(lake_coap_client *client)
{
    LAKEC_CHECK(1);
    return client == NULL ? LAKE_OK : lakego_coap_client_free((uintptr_t)client);
}

/* --- Before the start -------------------------------------------------------------- */

lake_status lake_coap_client_set_prepare(lake_coap_client *client, lake_coap_prepare_fn fn, void *userdata,
                                         lake_destroy_fn destroy)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_set_prepare((uintptr_t)client, fn, (uintptr_t)userdata, destroy);
}

lake_status lake_coap_client_discover(lake_coap_client *client, const char *text, size_t text_len, char *path,
                                      size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_input(text, text_len) && lakec_output(path, cap, len));
    return lakego_coap_client_discover((uintptr_t)client, (char *)text, text_len, path, cap, len);
}

lake_status lake_coap_client_suit(lake_coap_client *client, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken;
    LAKEC_CHECK(client != NULL && lakec_profile(&taken, profile));
    return lakego_coap_client_suit((uintptr_t)client, &taken);
}

lake_status lake_coap_client_add_profile(lake_coap_client *client, const struct lake_coap_profile *profile)
{
    struct lake_coap_profile taken;
    LAKEC_CHECK(client != NULL && lakec_profile(&taken, profile));
    return lakego_coap_client_add_profile((uintptr_t)client, &taken);
}

lake_status lake_coap_client_ask_profiles(lake_coap_client *client, int32_t ask)
{
    LAKEC_CHECK(client != NULL && lakec_answer(ask));
    return lakego_coap_client_ask_profiles((uintptr_t)client, ask);
}

/* --- The run ------------------------------------------------------------------------- */

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
    LAKEC_CHECK(client != NULL && lakec_incoming(&taken, response) && lakec_room_coap_outgoing(request) &&
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

lake_status lake_coap_client_no_answer(lake_coap_client *client)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_no_answer((uintptr_t)client);
}

lake_status lake_coap_client_combine(lake_coap_client *client, const uint8_t *in, size_t in_len, size_t block,
                                     size_t max, int32_t *edhoc, uint8_t *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_input(in, in_len) && block <= INT32_MAX && max <= INT32_MAX && edhoc != NULL &&
                lakec_output(out, cap, len));
    return lakego_coap_client_combine((uintptr_t)client, (uint8_t *)in, in_len, block, max, edhoc, out, cap, len);
}

lake_status lake_coap_client_verified(lake_coap_client *client)
{
    LAKEC_CHECK(client != NULL);
    return lakego_coap_client_verified((uintptr_t)client);
}

/* --- What became of it ----------------------------------------------------------------- */

lake_status lake_coap_client_is_done(lake_coap_client *client, int32_t *done)
{
    LAKEC_CHECK(client != NULL && done != NULL);
    return lakego_coap_client_is_done((uintptr_t)client, done);
}

lake_status lake_coap_client_session(lake_coap_client *client, lake_session **session)
{
    LAKEC_CHECK(client != NULL && session != NULL);
    uintptr_t handle = 0;
    lake_status status = lakego_coap_client_session((uintptr_t)client, &handle);
    if (status == LAKE_OK)
        *session = (lake_session *)handle;
    return status;
}

lake_status lake_coap_client_peer_profile(lake_coap_client *client, size_t index, struct lake_coap_profile *profile)
{
    LAKEC_CHECK(client != NULL && lakec_room_coap_profile(profile));
    struct lake_coap_profile made = {0};
    lake_status status = lakego_coap_client_peer_profile((uintptr_t)client, index, &made);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made);
    return status;
}

lake_status lake_coap_client_error_text(lake_coap_client *client, char *out, size_t cap, size_t *len)
{
    LAKEC_CHECK(client != NULL && lakec_output(out, cap, len));
    return lakego_coap_client_error_text((uintptr_t)client, out, cap, len);
}
