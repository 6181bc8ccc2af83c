/* EDHOC over CoAP: application profiles and links. */
#include "shim.h"

#include "_cgo_export.h"

#include <string.h>

lake_status lake_coap_profile_of(lake_config *config, int32_t role, int32_t combined_request,
                                 struct lake_coap_profile *profile)
{
    LAKEC_CHECK(config != NULL && (role == LAKE_INITIATOR || role == LAKE_RESPONDER) &&
                (combined_request == 0 || combined_request == 1) && lakec_room_coap_profile(profile));
    struct lake_coap_profile made = {0};
    lake_status status = lakego_coap_profile_of((uintptr_t)config, role, combined_request, &made);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made);
    return status;
}

lake_status lake_coap_profile_well_known(int64_t id, struct lake_coap_profile *profile, char *name, size_t cap,
                                         size_t *len)
{
    LAKEC_CHECK(lakec_room_coap_profile(profile) && lakec_output(name, cap, len));
    struct lake_coap_profile made = {0};
    lake_status status = lakego_coap_profile_well_known(id, &made, name, cap, len);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made);
    return status;
}

lake_status lake_coap_profile_encode(const struct lake_coap_profile *profile, uint8_t *out, size_t cap, size_t *len)
{
    struct lake_coap_profile taken;
    LAKEC_CHECK(lakec_profile(&taken, profile) && lakec_output(out, cap, len));
    return lakego_coap_profile_encode(&taken, out, cap, len);
}

lake_status lake_coap_profile_decode(const uint8_t *in, size_t in_len, struct lake_coap_profile *profile)
{
    LAKEC_CHECK(lakec_input(in, in_len) && lakec_room_coap_profile(profile));
    struct lake_coap_profile made = {0};
    lake_status status = lakego_coap_profile_decode((uint8_t *)in, in_len, &made);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made);
    return status;
}

lake_status lake_coap_link_write(const char *path, const struct lake_coap_resource *resource,
                                 const struct lake_coap_profile *profile, char *out, size_t cap, size_t *len)
{
    struct lake_coap_resource taken_resource;
    struct lake_coap_profile taken_profile;
    LAKEC_CHECK(lakec_text(path) && lakec_take_coap_resource(&taken_resource, resource) &&
                lakec_flag(taken_resource.initiator) && lakec_flag(taken_resource.responder) &&
                lakec_profile(&taken_profile, profile) && lakec_output(out, cap, len));
    return lakego_coap_link_write((char *)path, strlen(path), &taken_resource, &taken_profile, out, cap, len);
}

lake_status lake_coap_link_read(const char *text, size_t text_len, size_t index, struct lake_coap_resource *resource,
                                struct lake_coap_profile *profile, char *path, size_t cap, size_t *len)
{
    LAKEC_CHECK(lakec_input(text, text_len) && lakec_room_coap_resource(resource) &&
                lakec_room_coap_profile(profile) && lakec_output(path, cap, len));
    struct lake_coap_resource made_resource = {0};
    struct lake_coap_profile made_profile = {0};
    lake_status status =
        lakego_coap_link_read((char *)text, text_len, index, &made_resource, &made_profile, path, cap, len);
    if (status == LAKE_OK) {
        lakec_give_coap_resource(resource, &made_resource);
        lakec_give_coap_profile(profile, &made_profile);
    }
    return status;
}

lake_status lake_coap_session_peer_profile(lake_session *session, int32_t message, size_t index,
                                           struct lake_coap_profile *profile, int32_t *ask)
{
    LAKEC_CHECK(session != NULL && (message == 1 || message == 2) && lakec_room_coap_profile(profile) && ask != NULL);
    struct lake_coap_profile made = {0};
    lake_status status = lakego_coap_session_peer_profile((uintptr_t)session, message, index, &made, ask);
    if (status == LAKE_OK)
        lakec_give_coap_profile(profile, &made);
    return status;
}
