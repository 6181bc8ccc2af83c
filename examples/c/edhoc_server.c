/* edhoc_server.c - a CoAP server on libcoap whose resource /hello is for those it knows. An
 * endpoint of liblake underneath (underlay.h) answers EDHOC, takes OSCORE off what comes and
 * puts it onto what goes. libcoap has plain CoAP, and a name for whoever asks. */
#include <stdio.h>

#include "check.h"
#include "hello.h"
#include "options.h"
#include "underlay.h"

static void print_stats(void)
{
    struct lake_endpoint_stats s = {.struct_size = sizeof s};

    CHECK(lake_endpoint_stats(underlay.endpoint, &s));
    printf("stats: half-open %u, peers %u, established %llu, failed %llu, renewed %llu, dropped %llu\n", s.half_open,
           s.peers, (unsigned long long)s.established, (unsigned long long)s.failed, (unsigned long long)s.renewed,
           (unsigned long long)s.dropped);
}

int main(int argc, char **argv)
{
    struct options options;

    options_read(&options, OPTIONS_SERVER, argc, argv);
    stop_on_signals();
    const struct lake_endpoint_options limits = {
        .struct_size = sizeof limits, .open_paths = "/.well-known/core", .peers = (uint32_t)options.clients,
        .age = (uint32_t)options.age, .body = BODY_MAX, .flags = options.no_echo ? LAKE_ENDPOINT_FLAG_NO_ECHO : 0};
    CHECK(lake_endpoint_new(options.config, options.config, NULL, &limits, &underlay.endpoint));
    if (!underlay_open(&options.address, 0)) {
        fprintf(stderr, "Cannot listen on this address and port.\n");
        return 1;
    }
    hello_add(underlay.coap, 0, underlay_who);
    hello_add_edhoc(underlay.coap, options.config, !options.message_4, NULL); /* its requests end at the endpoint */

    printf("listening on %s UDP\n", underlay.address);
    while (!stopped)
        underlay_turn(1000);

    print_stats();
    CHECK(lake_config_free(options.config));
    underlay_close();
    return 0;
}
