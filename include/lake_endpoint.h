/*
 * lake_endpoint.h - EDHOC and OSCORE (RFC 8613) underneath a CoAP stack that knows neither.
 *
 * An endpoint stands between the network and the stack. Datagrams go in from either side,
 * and come out for either side; it has no sockets, no clock and no threads:
 *
 *     lake_endpoint_receive(endpoint, from, from_len, datagram, len, now);
 *     while (lake_endpoint_next(endpoint, &action, out, sizeof out, &len) == LAKE_OK && action.kind)
 *         ... send out to action.address, or hand it to the stack as from action.peer ...
 *
 * The stack sees plain CoAP of authenticated peers, each an address of its own for it. The
 * endpoint answers EDHOC, begins it when the stack sends to somebody new, protects and
 * unprotects, repeats what was lost of its own, and renews keys. lake.h includes this file,
 * and its conventions hold here, too: LAKE_ERR_BUSY during another call on the endpoint,
 * also in the function that prepares sessions.
 *
 * Copyright the liblake authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAKE_H
#include "lake.h" /* which includes this in its place */
#elif !defined(LAKE_ENDPOINT_H)
#define LAKE_ENDPOINT_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lake_endpoint lake_endpoint;

/* Flags of an endpoint, joined by |. */
#define LAKE_ENDPOINT_FLAG_REVERSE 1u  /* runs that this side begins are those of the reverse flow (RFC 9528 appendix A.2.2) */
#define LAKE_ENDPOINT_FLAG_COMBINED 2u /* message_3 goes with the first protected request (RFC 9668); a server that does not
                                     know that gets both in turn */
#define LAKE_ENDPOINT_FLAG_NO_ECHO 4u  /* strangers are not asked for Echo, but refused (lake_coap_limits) */

/* Bytes of what names an address: any bytes. Of one that is written as text, such as
 * "192.0.2.7:5683" or "[2001:db8::7]:5683", limits count the host or, of IPv6, its network. */
#define LAKE_ENDPOINT_ADDRESS_MAX 128

/** Is called before the first message of a run is made or processed, to say who is expected,
 *  add EAD or choose a credential: with the address that a run of this side goes to, which
 *  is empty in runs that others begin. What is no LAKE_OK ends the run. */
typedef lake_status (*lake_endpoint_prepare_fn)(void *userdata, lake_session *session, const uint8_t *address,
                                                size_t address_len);

/** What an endpoint is to do. 0 and NULL are the defaults. */
struct lake_endpoint_options {
    uint32_t struct_size;   /* set by the caller */
    uint32_t flags;         /* LAKE_ENDPOINT_* */
    const char *open_paths; /* paths whose requests pass unprotected, one a line: "/.well-known/core" */
    lake_endpoint_prepare_fn prepare;
    void *userdata; /* of prepare */
    lake_destroy_fn destroy;
    uint64_t ahead;        /* sequence numbers reserved at a time: for what outlives the process
                              (lake_endpoint_save); at most 2^32 */
    uint64_t messages;     /* with one key in one direction until it is renewed, after an hour at the latest: default 2^20 */
    uint64_t failures;     /* messages that did not verify, likewise: default 2^20, 2^14 with the short tag of AES-CCM */
    uint32_t replay_size;  /* requests back that one is accepted which came late: default 256, at most 1024 */
    uint32_t peers;        /* at most; the one that was idle for longest makes room: default 10,000 */
    uint32_t idle;         /* seconds without traffic after which a peer is dropped: default a day */
    uint32_t exchanges;    /* open requests of one peer, or to one: default 1,024 */
    uint32_t kept;         /* answers to one peer kept for repeated requests: default 64 */
    uint32_t waiting;      /* bytes that wait for one run: default 65,536 */
    uint32_t runs;         /* under way that this side began: default 256 */
    uint32_t strangers;    /* unprotected exchanges: default 256 */
    uint32_t block;        /* bytes of an EDHOC message in one datagram: 16, 32 .. 1024, the default */
    uint32_t bodies;       /* EDHOC messages being put together from blocks: default 64 */
    uint32_t body;         /* bytes of one: default 16,384 */
    uint32_t half_open;    /* runs under way that others began: default 256 */
    uint32_t threshold;    /* half-open, or begun within a second: from this on with Echo only; default 32 */
    uint32_t burst;        /* confirmable requests handed to the stack that it has not answered yet, what its socket
                              is sure to hold: default 64 */
    uint32_t per_credential; /* peers with one credential, at different addresses: default 256 */
    uint32_t memory;         /* bytes kept of requests and answers that are over, in case they are repeated, for all
                                peers; the oldest go of who has most: default 32 MiB */
    uint32_t age;            /* seconds that a run may take which others began: default 120 */
    uint32_t reserved;       /* 0 */
};

/* What lake_endpoint_next gives. */
#define LAKE_ENDPOINT_ACTION_NOTHING 0 /* there is nothing to do until lake_endpoint_due */
#define LAKE_ENDPOINT_ACTION_SEND 1    /* send out to address, on the network */
#define LAKE_ENDPOINT_ACTION_DELIVER 2 /* hand out to the stack, as from peer; from address if peer is 0, which is nobody */
#define LAKE_ENDPOINT_ACTION_EVENT 3   /* something happened: event; out is the text of the status, if there is one */
#define LAKE_ENDPOINT_ACTION_SAVE 4    /* sequence numbers run short: lake_endpoint_save, store it, lake_endpoint_saved */

/* What happened. */
#define LAKE_ENDPOINT_EVENT_ESTABLISHED 1 /* peer is new */
#define LAKE_ENDPOINT_EVENT_RENEWED 2     /* peer has new keys */
#define LAKE_ENDPOINT_EVENT_DROPPED 3     /* peer is gone; status says why */
#define LAKE_ENDPOINT_EVENT_FAILED 4      /* a run with address came to nothing; status says why */
#define LAKE_ENDPOINT_EVENT_PENDING 5     /* status is LAKE_PENDING_*: answer it at session, then lake_endpoint_continue */
#define LAKE_ENDPOINT_EVENT_REFUSED 6     /* peer answered a request with an unprotected error of OSCORE */

/** Something to do. */
struct lake_endpoint_action {
    uint32_t struct_size;  /* set by the caller */
    int32_t kind;          /* LAKE_ENDPOINT_ACTION_SEND ... */
    int32_t event;         /* LAKE_ENDPOINT_EVENT_ESTABLISHED ...; 0 but with LAKE_ENDPOINT_ACTION_EVENT */
    lake_status status;    /* of the event */
    int64_t peer;          /* its number, never given twice; 0: nobody */
    lake_session *session; /* LAKE_ENDPOINT_EVENT_PENDING; it belongs to the endpoint */
    uint32_t address_len;
    uint8_t address[LAKE_ENDPOINT_ADDRESS_MAX];
};

/** What is known of a peer. */
struct lake_endpoint_peer {
    uint32_t struct_size; /* set by the caller */
    uint32_t address_len;
    uint8_t address[LAKE_ENDPOINT_ADDRESS_MAX]; /* where its last message that verified came from */
    int64_t since;     /* when it authenticated first, in seconds since 1970 */
    uint64_t sent;     /* protected messages */
    uint64_t received;
    uint64_t failures; /* that did not verify */
    uint64_t repeated; /* datagrams that came again */
};

/** What an endpoint has and did. */
struct lake_endpoint_stats {
    uint32_t struct_size; /* set by the caller */
    uint32_t peers;       /* now */
    uint32_t runs;        /* now, of this side */
    uint32_t half_open;   /* now, of others */
    uint64_t established; /* ever, and so on */
    uint64_t renewed;
    uint64_t dropped;
    uint64_t failed;
    uint64_t unprotected; /* datagrams that were not handed on: in clear */
    uint64_t malformed;   /* no CoAP, no OSCORE */
    uint64_t unknown;     /* of no context */
    uint64_t replayed;
    uint64_t forged;
};

/** An endpoint with a config for runs in which this side is the Responder and one for those
 *  in which it is the Initiator; NULL: there are none; both may be the same. resumption keeps
 *  keys for shorter runs, NULL: every run is a full one; a Responder takes part in them only
 *  if its config has it too (lake_config_set_resumption). options may be NULL.
 *  LAKE_ERR_ARGUMENT for what cannot work. */
lake_status lake_endpoint_new(lake_config *responder, lake_config *initiator, lake_resumption *resumption,
                              const struct lake_endpoint_options *options, lake_endpoint **out);
/** An endpoint from what lake_endpoint_save gave, with the same configs and options. Its
 *  peers have their old numbers, the first request of each is asked for Echo under OSCORE
 *  (RFC 8613 appendix B.1.2), and nothing is sent to any before the first LAKE_ENDPOINT_ACTION_SAVE
 *  was done. LAKE_ERR_SAVED for what was altered, sealed with another key, or is of other
 *  configs. */
lake_status lake_endpoint_restore(lake_config *responder, lake_config *initiator, lake_resumption *resumption,
                                  const struct lake_endpoint_options *options, const uint8_t *key, size_t key_len,
                                  const uint8_t *blob, size_t blob_len, int64_t now, lake_endpoint **out);
/** Frees an endpoint and everything of its peers. */
lake_status lake_endpoint_free(lake_endpoint *endpoint);

/** Takes a datagram from the network. now is the time in milliseconds since 1970, here and
 *  below. What is to be done is taken with lake_endpoint_next before the next call. */
lake_status lake_endpoint_receive(lake_endpoint *endpoint, const uint8_t *address, size_t address_len,
                                  const uint8_t *datagram, size_t datagram_len, int64_t now);
/** Takes a datagram from the CoAP stack: for a peer, or if that is 0 for an address. With
 *  an address where nobody is known a run begins, and the datagram waits for it.
 *  LAKE_ERR_ARGUMENT for what is not CoAP, and a response to nothing; LAKE_ERR_STATE for a
 *  peer that is gone; LAKE_ERR_UNSUPPORTED without a config to begin a run with;
 *  LAKE_ERR_LIMIT; LAKE_ERR_NO_ANSWER right after a run that failed. */
lake_status lake_endpoint_send(lake_endpoint *endpoint, int64_t peer, const uint8_t *address, size_t address_len,
                               const uint8_t *datagram, size_t datagram_len, int64_t now);
/** Does what is due. */
lake_status lake_endpoint_tick(lake_endpoint *endpoint, int64_t now);
/** When lake_endpoint_tick has something to do; INT64_MAX: never. */
lake_status lake_endpoint_due(lake_endpoint *endpoint, int64_t *due);
/** The next thing to do, with its datagram or text in out. LAKE_ERR_BUFFER_TOO_SMALL: it
 *  comes again; 1,500 bytes do for datagrams of that size. */
lake_status lake_endpoint_next(lake_endpoint *endpoint, struct lake_endpoint_action *action, uint8_t *out, size_t cap,
                               size_t *len);
/** Goes on with a run after its question was answered at the session.
 *  LAKE_ERR_STATE if it does not wait. */
lake_status lake_endpoint_continue(lake_endpoint *endpoint, lake_session *session, int64_t now);

/** The numbers of the peers, the one that was idle for longest first. */
lake_status lake_endpoint_peers(lake_endpoint *endpoint, int64_t *out, size_t cap, size_t *len);
/** What is known of a peer. LAKE_ERR_NOT_FOUND. */
lake_status lake_endpoint_peer(lake_endpoint *endpoint, int64_t peer, struct lake_endpoint_peer *info);
/** The credential that a peer authenticated with, in a resumption that of the full run: a
 *  reference of the caller's. LAKE_ERR_NOT_FOUND. */
lake_status lake_endpoint_peer_credential(lake_endpoint *endpoint, int64_t peer, lake_credential **out);
/** Drops a peer: its messages are refused, until it comes back with a new run.
 *  LAKE_ERR_NOT_FOUND. */
lake_status lake_endpoint_drop(lake_endpoint *endpoint, int64_t peer, int64_t now);
/** The numbers of the endpoint. */
lake_status lake_endpoint_stats(lake_endpoint *endpoint, struct lake_endpoint_stats *stats);

/** The peers, sealed with a key of 32 bytes that only the host has: store it in the place
 *  of what was stored before, then call lake_endpoint_saved. What is restored has to be the
 *  last that was stored. LAKE_ERR_ARGUMENT without options.ahead. */
lake_status lake_endpoint_save(lake_endpoint *endpoint, const uint8_t *key, size_t key_len, uint8_t *out, size_t cap,
                               size_t *len);
/** Says that what lake_endpoint_save gave last is stored. What waited for sequence numbers
 *  goes out. */
lake_status lake_endpoint_saved(lake_endpoint *endpoint, int64_t now);

#ifdef __cplusplus
}
#endif
#endif
