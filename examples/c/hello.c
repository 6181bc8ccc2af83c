#include "hello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

enum { GREETING_MAX = 65536, DATAGRAM = 1024 };

static char greeting[GREETING_MAX] = "Hello";
static hello_who_fn who_asks;
static int for_nobody; /* a greeting */

static void release(coap_session_t *session, void *text)
{
    (void)session;
    free(text);
}

static void get(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu, const coap_string_t *query,
                coap_pdu_t *response)
{
    char who[WHO_MAX] = "whoever you are";
    const int known = who_asks(session, query, response, who);
    const size_t size = strlen(greeting) + sizeof who + 2;
    char *text = known || for_nobody ? malloc(size) : NULL;

    if (!text) {
        coap_pdu_set_code(response, known ? COAP_RESPONSE_CODE_INTERNAL_ERROR : COAP_RESPONSE_CODE_UNAUTHORIZED);
        return;
    }
    const size_t len = (size_t)snprintf(text, size, "%s %s", greeting, who);
    if (known)
        printf("GET /hello: %s\n", who);
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CONTENT);
    if (len <= DATAGRAM) {
        coap_add_data(response, len, (const uint8_t *)text);
        free(text);
        return;
    }
    coap_add_data_large_response(resource, session, pdu, response, query, COAP_MEDIATYPE_TEXT_PLAIN, -1, 0, len,
                                 (const uint8_t *)text, release, text);
}

static void put(coap_resource_t *resource, coap_session_t *session, const coap_pdu_t *pdu, const coap_string_t *query,
                coap_pdu_t *response)
{
    char who[WHO_MAX];
    const uint8_t *data;
    size_t len, offset, total;

    if (!who_asks(session, query, response, who)) {
        printf("PUT /hello refused\n");
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_UNAUTHORIZED);
        return;
    }
    if (!coap_get_data_large(pdu, &len, &data, &offset, &total))
        len = offset = total = 0;
    if (offset > 0 || len != total || len >= sizeof greeting) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE_REQUEST_TOO_LARGE);
        return;
    }
    printf("PUT /hello, %zu bytes: %s\n", len, who);
    if (len > 0)
        memcpy(greeting, data, len);
    greeting[len] = '\0';
    coap_pdu_set_code(response, COAP_RESPONSE_CODE_CHANGED);
    coap_resource_notify_observers(resource, NULL);
}

void hello_add(coap_context_t *context, int resource_flags, hello_who_fn who)
{
    coap_resource_t *hello = coap_resource_init(coap_make_str_const("hello"), resource_flags | COAP_RESOURCE_FLAGS_NOTIFY_CON);

    who_asks = who;
    for_nobody = resource_flags & COAP_RESOURCE_FLAGS_OSCORE_ONLY;
    coap_register_handler(hello, COAP_REQUEST_GET, get);
    coap_register_handler(hello, COAP_REQUEST_PUT, put);
    coap_resource_set_get_observable(hello, 1);
    if (!(resource_flags & COAP_RESOURCE_FLAGS_OSCORE_ONLY)) /* or libcoap says so itself */
        coap_add_attr(hello, coap_make_str_const("osc"), NULL, 0);
    coap_add_resource(context, hello);
}

void hello_add_edhoc(coap_context_t *context, lake_config *config, int combined, coap_method_handler_t handler)
{
    const struct lake_coap_resource both = {.struct_size = sizeof both, .initiator = 1, .responder = 1};
    struct lake_coap_profile profile = {.struct_size = sizeof profile};
    coap_resource_t *edhoc = coap_resource_init(coap_make_str_const(EDHOC_PATH), 0);
    char link[1024];
    size_t len;

    CHECK(lake_coap_profile_of(config, LAKE_RESPONDER, combined, &profile));
    CHECK(lake_coap_link_write("/" EDHOC_PATH, &both, &profile, link, sizeof link, &len));

    if (handler)
        coap_register_handler(edhoc, COAP_REQUEST_POST, handler);
    /* libcoap puts each attribute before those that it has. */
    for (char *name; (name = strrchr(link, ';')); ) {
        *name++ = '\0';
        char *value = strchr(name, '=');
        if (value)
            *value++ = '\0';
        coap_add_attr(edhoc, coap_make_str_const(name), value ? coap_make_str_const(value) : NULL, 0);
    }
    coap_add_resource(context, edhoc);
}
