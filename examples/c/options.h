/* options.h - the command line of the CoAP examples. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

struct options {
    lake_config *config;    /* suites, methods, credentials; free it */
    coap_address_t address; /* of the server */
    int message_4;          /* 1: message_4 is part of the protocol */
    int timeout;            /* of a client's request, in seconds */
    int verbose;
};

/* Reads the command line of a client (LAKE_INITIATOR) or a server
 * (LAKE_RESPONDER). Ends the program if there is something wrong with it. */
void options_read(struct options *options, int32_t role, int argc, char **argv);

#endif
