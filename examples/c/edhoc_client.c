/* edhoc_client.c - a CoAP client on libcoap, with an endpoint of liblake underneath (underlay.h).
 *
 * The first request makes the endpoint run EDHOC with the server, and all of them go under
 * OSCORE. It ends with 0 only if all answers arrived. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "options.h"
#include "request.h"
#include "underlay.h"

static struct options options;

static void turn(int milliseconds)
{
    underlay_turn(milliseconds);
    answer.lost |= underlay.unreachable | underlay.failed;
    answer.unreachable |= underlay.unreachable;
}

/* Asks for the greeting, or for another one; notifications are answers, too. */
static int ask(const char *method, const char *greeting, int notifications)
{
    coap_pdu_t *pdu = request_new(underlay.session, greeting ? COAP_REQUEST_CODE_PUT : COAP_REQUEST_CODE_GET, "/hello");

    if (notifications > 0)
        coap_add_option(pdu, COAP_OPTION_OBSERVE, 0, NULL);
    if (greeting)
        coap_add_data_large_request(underlay.session, pdu, strlen(greeting), (const uint8_t *)greeting, NULL, NULL);
    printf("-> %s /hello\n", method);
    coap_send(underlay.session, pdu);
    for (int n = 1; n <= 1 + notifications; n++) {
        if (!request_wait(n, turn, options.timeout) || COAP_RESPONSE_CLASS(answer.code) != 2)
            return underlay.failed ? 0 : request_failed(method, "/hello");
        request_print();
    }
    return 1;
}

int main(int argc, char **argv)
{
    options_read(&options, OPTIONS_CLIENT, argc, argv);
    const struct lake_endpoint_options endpoint = {
        .struct_size = sizeof endpoint, .messages = (uint64_t)options.messages, .body = BODY_MAX,
        .flags = (options.reverse ? LAKE_ENDPOINT_FLAG_REVERSE : 0) | (options.combined ? LAKE_ENDPOINT_FLAG_COMBINED : 0)};
    CHECK(lake_endpoint_new(options.reverse ? options.config : NULL, options.reverse ? NULL : options.config, NULL,
                            &endpoint, &underlay.endpoint));
    if (!underlay_open(&options.address, 1)) {
        printf("failed: this address cannot be reached\n");
        return 1;
    }
    request_init(underlay.coap);
    coap_session_set_ack_timeout(underlay.session, options.ack_timeout);

    int arrived = !options.greeting || ask("PUT", options.greeting, 0);
    for (int n = 0; n < options.times && arrived; n++)
        arrived = ask("GET", NULL, n == 0 ? options.notifications : 0);
    if (arrived)
        printf("the protected answer arrived\n");

    CHECK(lake_config_free(options.config));
    underlay_close();
    return arrived ? 0 : 1;
}
