/* options.h - the command line of the CoAP examples. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

enum { CLIENTS_MAX = 4096 };

struct options {
    lake_config *config;    /* suites, methods, credentials; free it */
    coap_address_t address; /* of the server */
    int message_4;          /* 1: message_4 is part of the protocol */
    int verbose;
    /* Of a server: */
    int clients;            /* that it takes */
    int age;                /* seconds that a run may take; 0: as long as liblake says */
    /* Of a client: */
    int reverse;            /* 1: it is the Responder */
    int discover;           /* 1: it GETs /.well-known/core first */
    int no_receipt;         /* 1: it believes an answer without one (libcoap_quirks.h) */
    int timeout;            /* of a request, in seconds */
    coap_fixed_point_t ack_timeout;
};

enum options_side { OPTIONS_CLIENT, OPTIONS_SERVER };

/* Reads the command line. Ends the program if there is something wrong with it. */
void options_read(struct options *options, enum options_side side, int argc, char **argv);

#endif
