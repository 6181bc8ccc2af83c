/* options.h - the command line of the CoAP examples. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include <coap3/coap.h>
#include <lake.h>

enum {
    CLIENTS_MAX = 4096,
    MESSAGE_MAX = 4096,             /* bytes of an EDHOC message that is accepted here */
    ID_MAX = 7,                     /* of a connection identifier, for OSCORE with AES-CCM */
    BODY_MAX = MESSAGE_MAX + 1 + ID_MAX
};

struct options {
    lake_config *config;    /* suites, methods, credentials; free it */
    coap_address_t address; /* of the server */
    int message_4;          /* 1: message_4 is part of the protocol */
    int verbose;
    /* Of a server: */
    int clients;            /* that it has room for */
    int age;                /* seconds that a run may take; 0: as long as liblake says */
    int no_echo;            /* 1: clients do not know the Echo option */
    /* Of a client: */
    int reverse;            /* 1: it is the Responder */
    int combined;           /* 1: message_3 and the first request are one */
    const char *greeting;   /* that it PUTs; NULL: none */
    int times;              /* that it GETs */
    int notifications;      /* that it waits for */
    int messages;           /* with one key; 0: as many as liblake says */
    int timeout;            /* of a request, in seconds */
    coap_fixed_point_t ack_timeout;
    /* With libcoap's OSCORE: */
    int discover;           /* 1: a client GETs /.well-known/core first */
    int no_receipt;         /* 1: a client believes an answer without one */
};

/* With libcoap's OSCORE or not. */
enum options_side { OPTIONS_CLIENT, OPTIONS_SERVER, OPTIONS_LIBCOAP_CLIENT, OPTIONS_LIBCOAP_SERVER };

/* Reads the command line. Ends the program if there is something wrong with it. */
void options_read(struct options *options, enum options_side side, int argc, char **argv);

#endif
