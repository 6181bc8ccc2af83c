/*
 * lake_coap.h - EDHOC over CoAP: the level above sessions, for CoAP stacks. RFC 9528
 * appendix A.2, and the combined request of RFC 9668. lake.h includes it, and its
 * conventions hold here, too.
 *
 * There are no sockets in it: a server takes what the stack received, one call per
 * datagram, and says what to answer; a client says what to send. docs/coap.md tells how,
 * examples/c/libcoap_oscore.c is on libcoap.
 *
 * Bodies in blocks (RFC 7959) come and go whole. Functions on servers and lake_coap_ids
 * can be called from several threads at once; those on a client give LAKE_ERR_BUSY
 * during another one.
 *
 * Copyright the liblake authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAKE_H
#include "lake.h" /* which includes this in its place */
#elif !defined(LAKE_COAP_H)
#define LAKE_COAP_H

#ifdef __cplusplus
extern "C" {
#endif

#define LAKE_COAP_OPTION_OSCORE 9
#define LAKE_COAP_OPTION_EDHOC 21
#define LAKE_COAP_OPTION_ECHO 252
#define LAKE_COAP_FORMAT_NONE (-1)     /* no Content-Format option */
#define LAKE_COAP_FORMAT_EDHOC 64      /* application/edhoc+cbor-seq */
#define LAKE_COAP_FORMAT_CID_EDHOC 65  /* application/cid-edhoc+cbor-seq */
#define LAKE_COAP_CODE_EMPTY 0         /* codes: the class in the upper 3 bits, the detail in the lower 5 */
#define LAKE_COAP_CODE_POST 2
#define LAKE_COAP_CODE_CHANGED 68      /* 2.04 */

/** A request or response that the stack received. What the options are not there for
 *  is NULL and 0. */
struct lake_coap_incoming {
    uint32_t struct_size;   /* set by the caller */
    int32_t code;           /* CoAP code */
    int32_t format;         /* Content-Format, or LAKE_COAP_FORMAT_NONE */
    const uint8_t *payload;
    size_t payload_len;
    const uint8_t *echo;    /* the Echo option */
    size_t echo_len;
    /* Of requests only. */
    int32_t edhoc;          /* 1: the EDHOC option is there, whatever its value */
    int32_t message_id;     /* -1: there is none, as over TCP: nothing is taken for a repetition */
    const uint8_t *kid;     /* 'kid' in the OSCORE option; not NULL if it is empty */
    size_t kid_len;
    const uint8_t *token;
    size_t token_len;
    const uint8_t *peer;    /* where it came from: any bytes that name it, such as address and port */
    size_t peer_len;        /* at most 255 */
    size_t host_len;        /* the first bytes of peer that name the host, by which limits count, such as the
                               address without the port, or the network of an IPv6 address; 0: all of peer */
};

/** A request or response that the stack is to send; its payload is in out. */
struct lake_coap_outgoing {
    uint32_t struct_size; /* set by the caller */
    int32_t code;         /* LAKE_COAP_CODE_EMPTY: nothing is to be sent now */
    int32_t format;
    uint32_t echo_len;    /* 0: no Echo option */
    uint8_t echo[40];
    /* Of servers only. */
    int32_t oscore;       /* 1: the request goes on to OSCORE, without the EDHOC option ... */
    size_t oscore_offset; /* ... and with its payload from here on */
    int32_t duplicate;    /* 1: this datagram came before */
};

/** Connection identifiers that are given out, each to one run or OSCORE context at a
 *  time (RFC 9668 section 3.1). A host that is server and client shares one. */
typedef struct lake_coap_ids lake_coap_ids;

/** Gives out identifiers of min to max bytes, 1 to 7, the shortest first: the 48 of one
 *  byte that EDHOC sends as an int, then longer ones. From 4 on they cannot be guessed by
 *  somebody who wants to disturb a run; with max 1, strangers can take all that are left.
 *  One that was given back rests for 247 s, in which a late datagram for it can come, unless
 *  there is no other. Where suites 4 to 6, 24 or 25 are in use, max is 6 at most: OSCORE
 *  has no room for 7 with these. */
lake_status lake_coap_ids_new(size_t min, size_t max, lake_coap_ids **out);
/** Frees ids; servers and clients keep theirs. NULL is allowed. */
lake_status lake_coap_ids_free(lake_coap_ids *ids);
/** Takes one that is free and not the peer's: for sessions that the host runs by itself.
 *  It has 7 bytes at most. LAKE_ERR_EXHAUSTED. */
lake_status lake_coap_ids_take(lake_coap_ids *ids, const uint8_t *peer_id, size_t peer_id_len, uint8_t out[7],
                               size_t *len);
/** Marks one of at most 64 bytes as in use, such as the Recipient ID of a restored context.
 *  LAKE_ERR_STATE if it is. */
lake_status lake_coap_ids_reserve(lake_coap_ids *ids, const uint8_t *id, size_t id_len);
/** Gives one back. It does nothing for one that is not in use. */
lake_status lake_coap_ids_release(lake_coap_ids *ids, const uint8_t *id, size_t id_len);
/** Number of identifiers in use. */
lake_status lake_coap_ids_count(lake_coap_ids *ids, size_t *count);

/* Application profiles (draft-ietf-lake-app-profiles): what a server or client does, to be
 * told beforehand in a link (RFC 9668 section 6), as an EDHOC_Application_Profile object, or
 * in EAD items and error messages. */

#define LAKE_COAP_LIST_MAX 64 /* of the lists of a profile */
/* What a profile says about a feature. */
#define LAKE_COAP_UNSAID 0
#define LAKE_COAP_YES 1
#define LAKE_COAP_NO 2

/** A profile. A list of length 0 says nothing; it does not mean that there is none. */
struct lake_coap_profile {
    uint32_t struct_size;     /* set by the caller */
    int32_t has_id;           /* 1: it has a Profile ID */
    int64_t id;
    int32_t message_4;        /* LAKE_COAP_YES: is sent; LAKE_COAP_NO: is not */
    int32_t combined_request; /* LAKE_COAP_YES: is taken */
    int32_t resumption;       /* LAKE_COAP_YES: with EDHOC-PSK */
    uint32_t n_methods;
    uint32_t n_suites;
    uint32_t n_cred_types;    /* EDHOC authentication credential types: 0 CWT, 1 CCS, 2 X.509, 3 C509 */
    uint32_t n_id_cred_types; /* COSE header parameters: LAKE_ID_* */
    uint32_t n_eads;          /* labels, positive */
    uint32_t n_exports;       /* output lengths of the exporter; only in what is advertised in EAD */
    int64_t methods[64];
    int64_t suites[64];
    int64_t cred_types[64];
    int64_t id_cred_types[64];
    int64_t eads[64];
    uint64_t export_labels[64];
    uint64_t export_lengths[64];
};

/** An EDHOC resource, besides its path and profile. */
struct lake_coap_resource {
    uint32_t struct_size;      /* set by the caller */
    int32_t initiator;         /* 1: takes part in the reverse flow (ed-i) */
    int32_t responder;         /* 1: takes part in the forward flow (ed-r) */
    uint32_t n_profile_ids;    /* profiles named by ID (ed-prof): of its profile, only eads count then */
    int64_t profile_ids[64];
};

/** Describes what an endpoint with this config does as LAKE_INITIATOR or LAKE_RESPONDER;
 *  combined_request 1: it also does combined requests. */
lake_status lake_coap_profile_of(lake_config *config, int32_t role, int32_t combined_request,
                                 struct lake_coap_profile *profile);
/** A well-known profile and its name. LAKE_ERR_NOT_FOUND. */
lake_status lake_coap_profile_well_known(int64_t id, struct lake_coap_profile *profile, char *name, size_t cap,
                                         size_t *len);
/** Makes an EDHOC_Application_Profile object. LAKE_ERR_ARGUMENT without ID, methods or
 *  credential types, and for lists with repetitions. */
lake_status lake_coap_profile_encode(const struct lake_coap_profile *profile, uint8_t *out, size_t cap, size_t *len);
/** Reads one; elements that are not known are passed over. LAKE_ERR_MALFORMED. */
lake_status lake_coap_profile_decode(const uint8_t *in, size_t in_len, struct lake_coap_profile *profile);
/** Writes the link of a resource at a path, for the answer to GET /.well-known/core. */
lake_status lake_coap_link_write(const char *path, const struct lake_coap_resource *resource,
                                 const struct lake_coap_profile *profile, char *out, size_t cap, size_t *len);
/** Reads the index-th EDHOC resource of a link-format document (text_len bytes), and its
 *  path. LAKE_ERR_NOT_FOUND after the last one, LAKE_ERR_MALFORMED. */
lake_status lake_coap_link_read(const char *text, size_t text_len, size_t index, struct lake_coap_resource *resource,
                                struct lake_coap_profile *profile, char *path, size_t cap, size_t *len);
/** The index-th profile that the peer of a session has advertised in message_1 or
 *  message_2; the config has to have the EAD label 32791 (lake_config_set_ead_labels).
 *  *ask is LAKE_COAP_YES if it wants to be told ours. LAKE_ERR_NOT_FOUND,
 *  LAKE_ERR_MALFORMED. */
lake_status lake_coap_session_peer_profile(lake_session *session, int32_t message, size_t index,
                                           struct lake_coap_profile *profile, int32_t *ask);

/** The EDHOC resource of a CoAP server, with all runs that are under way. */
typedef struct lake_coap_server lake_coap_server;

/* What happens to a run. */
#define LAKE_COAP_EVENT_ESTABLISHED 1 /* install the OSCORE context; the answer waits for that */
#define LAKE_COAP_EVENT_FAILED 2
#define LAKE_COAP_EVENT_PENDING 3     /* answer the question at the session, then lake_coap_server_continue */

/** What a lake_coap_event_fn is told. The pointers are valid during the call. */
struct lake_coap_event {
    uint32_t struct_size;
    int32_t kind;          /* LAKE_COAP_EVENT_* */
    lake_status status;    /* why it failed; which question is pending */
    const char *text;      /* the same for people; never NULL */
    const uint8_t *peer;   /* who began the run, as in lake_coap_incoming */
    size_t peer_len;
    const uint8_t *id;     /* C_R or C_I of this side: the Recipient ID of the context; NULL if there was none */
    size_t id_len;
    lake_session *session; /* NULL of a run that failed */
};

/** Is told what happens to runs, during the calls on the server that they come from; also
 *  to other runs than that of the request, which expire or make room. With several
 *  threads, it is called by each of them.
 *
 *  ESTABLISHED: set up what lake_session_oscore_context gives and return LAKE_OK. The session
 *  is the host's then, to be freed in the callback or later. Anything else ends the run
 *  with LAKE_ERR_CALLBACK, the client is told that it failed, and nothing is left of it.
 *  PENDING: the session is the server's, until the run is over; lake_session_set_userdata is
 *  the place to note which request waits. A request that comes while another thread uses the
 *  session counts as lost. The answer of the callback matters only for ESTABLISHED. */
typedef lake_status (*lake_coap_event_fn)(void *userdata, const struct lake_coap_event *event);

/** Is given each session before its first message is made or processed, to add EAD or
 *  choose a credential. Anything but LAKE_OK ends the run with LAKE_ERR_CALLBACK. The
 *  session is the server's or client's. */
typedef lake_status (*lake_coap_prepare_fn)(void *userdata, lake_session *session);

/** Bounds what strangers can make a server do. A field of 0 means the default. Counts go
 *  up to 1,048,576, ages up to one day. */
struct lake_coap_limits {
    uint32_t struct_size; /* set by the caller */
    uint32_t half_open;   /* runs under way; default 256; above it the oldest ends */
    uint32_t threshold;   /* half-open, or begun within a second: from here on with Echo only; default 32.
                             Echo is also asked for where the answer would be three times the request */
    uint32_t per_host;    /* half-open runs of one host, if as many as the threshold are; default 8 */
    uint32_t age;         /* seconds that a run may take; default 120 */
    uint32_t cache;       /* bytes of answers kept for repeated requests, a half of them for established runs,
                             4096 to 2^30; default 262144 */
    uint32_t body;        /* bytes of a request's payload, 64 to 1048576; default 16384 */
    uint32_t echo_age;    /* seconds that an Echo value is good for; default 60 */
    uint32_t message_1;   /* bytes of a message_1 without a valid Echo value, 64 to 1048576; default 1024 */
    int32_t no_echo;      /* 1: for networks without the Echo option: a full table refuses with 5.03 then, unless its
                             oldest run is older than an eighth of the age; and anybody can fill it. A message_1
                             above its limit gets 4.13 */
};

/** What a server has now, and what it did so far. */
struct lake_coap_stats {
    uint32_t struct_size;  /* set by the caller */
    uint64_t half_open;    /* now: runs under way */
    uint64_t contexts;     /* now: contexts established or reserved */
    uint64_t ids;          /* now: identifiers in use */
    uint64_t answers;      /* now: kept for repeated requests */
    uint64_t answer_bytes; /* now: which they take */
    uint64_t begun;
    uint64_t established;
    uint64_t failed;
    uint64_t expired;
    uint64_t evicted;
    uint64_t challenged;   /* asked for Echo */
    uint64_t refused;      /* answered with 5.03 */
    uint64_t duplicates;
};

/** A server with a config for the forward flow, where it is the Responder, and one for the
 *  reverse flow; NULL refuses the flow; both may be the same. ids NULL: of its own, of 1
 *  to 4 bytes. on_event must not be NULL. LAKE_ERR_ARGUMENT without a config. */
lake_status lake_coap_server_new(lake_config *responder, lake_config *initiator, lake_coap_ids *ids,
                                 lake_coap_event_fn on_event, void *userdata, lake_destroy_fn destroy,
                                 lake_coap_server **out);
/** Frees a server; half-open runs end without a word. LAKE_ERR_BUSY during another call on
 *  it. Established sessions and contexts are the host's. NULL is allowed. */
lake_status lake_coap_server_free(lake_coap_server *server);
/** Sets the limits. This and the next two are allowed before the server is used
 *  otherwise than by lake_coap_server_link and _stats: LAKE_ERR_FROZEN. */
lake_status lake_coap_server_set_limits(lake_coap_server *server, const struct lake_coap_limits *limits);
/** Sets who prepares sessions; NULL: nobody. LAKE_ERR_FROZEN. */
lake_status lake_coap_server_set_prepare(lake_coap_server *server, lake_coap_prepare_fn fn, void *userdata,
                                         lake_destroy_fn destroy);
/** Tells a profile to Initiators that ask, and to those whose message_1 is refused: by its
 *  ID and eads, or without ID what it says. 64 at most. The label 32791 has to be among
 *  lake_config_set_ead_labels. LAKE_ERR_FROZEN. */
lake_status lake_coap_server_add_profile(lake_coap_server *server, const struct lake_coap_profile *profile);
/** The link of the server at a path, as its configs say; combined_request 1: the stack
 *  serves it. As lake_coap_link_write. */
lake_status lake_coap_server_link(lake_coap_server *server, const char *path, int32_t combined_request, char *out,
                                  size_t cap, size_t *len);
/** Takes a request for the EDHOC resource, one with the EDHOC option for any resource, or
 *  one with the OSCORE option, and says what to answer. An answer of this function is
 *  also LAKE_OK when the request was wrong: on_event tells what became of a run.
 *  A request that goes on to OSCORE gets the same access control as any protected request,
 *  and a protected answer; an EDHOC option inside of it is a critical option that nobody
 *  has processed.
 *  LAKE_ERR_BUFFER_TOO_SMALL: the same request again gives the same answer, unless it has
 *  no message id. cap has to be what the own credentials need: 512 do without certificates. */
lake_status lake_coap_server_handle(lake_coap_server *server, const struct lake_coap_incoming *request,
                                    struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len);
/** Goes on with a run whose question was answered at its session. What it gives is the
 *  answer to the request that the question came from; the same question may come again.
 *  LAKE_ERR_STATE if no question is pending, LAKE_ERR_BUSY while another thread uses the
 *  session. LAKE_ERR_BUFFER_TOO_SMALL: the answer is kept for that request, as a repeated
 *  one. */
lake_status lake_coap_server_continue(lake_coap_server *server, lake_session *session,
                                      struct lake_coap_outgoing *answer, uint8_t *out, size_t cap, size_t *len);
/** Ends what is too old, as lake_coap_server_handle does too: for times without requests. */
lake_status lake_coap_server_expire(lake_coap_server *server);
/** Reports a live OSCORE context that the server did not establish, such as a restored one or
 *  that of a client: its Recipient ID is not given to a run, and requests with it go to
 *  OSCORE. LAKE_ERR_STATE if a run or a context of the server has it. */
lake_status lake_coap_server_reserve(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len);
/** Reports that an OSCORE context is gone: its Recipient ID can be given to another run. It
 *  does nothing for one that has no context. */
lake_status lake_coap_server_release(lake_coap_server *server, const uint8_t *recipient_id, size_t recipient_id_len);
/** The numbers of the server. */
lake_status lake_coap_server_stats(lake_coap_server *server, struct lake_coap_stats *stats);

/** One run of a CoAP client. */
typedef struct lake_coap_client lake_coap_client;

/** A client: as LAKE_INITIATOR in the forward flow, as LAKE_RESPONDER in the reverse flow.
 *  ids NULL: an identifier of one byte at random, for hosts without other contexts. */
lake_status lake_coap_client_new(lake_config *config, int32_t role, lake_coap_ids *ids, lake_coap_client **out);
/** Frees a client and its session. Its identifier is given back: the OSCORE context of it
 *  must not be in use any more. NULL is allowed. */
lake_status lake_coap_client_free(lake_coap_client *client);
/** Sets who prepares the sessions of the client, of which there are several if the server
 *  makes it begin again. Before the start, or LAKE_ERR_FROZEN, as the next four. */
lake_status lake_coap_client_set_prepare(lake_coap_client *client, lake_coap_prepare_fn fn, void *userdata,
                                         lake_destroy_fn destroy);
/** Reads the server's answer to GET /.well-known/core (text_len bytes), gives the path of
 *  its first EDHOC resource that suits, and makes message_1 fit it.
 *  LAKE_ERR_NOT_FOUND if none does, LAKE_ERR_MALFORMED. */
lake_status lake_coap_client_discover(lake_coap_client *client, const char *text, size_t text_len, char *path,
                                      size_t cap, size_t *len);
/** Makes message_1 fit a profile; one that has only an ID is looked up among the well-known
 *  ones. LAKE_ERR_NOT_FOUND, LAKE_ERR_NO_COMMON_SUITE, LAKE_ERR_METHOD. */
lake_status lake_coap_client_suit(lake_coap_client *client, const struct lake_coap_profile *profile);
/** Advertises a profile in message_1, as lake_coap_server_add_profile does. As
 *  LAKE_INITIATOR only: else the start fails with LAKE_ERR_ARGUMENT. */
lake_status lake_coap_client_add_profile(lake_coap_client *client, const struct lake_coap_profile *profile);
/** LAKE_COAP_YES: asks in message_1 for the profiles of the server; LAKE_COAP_NO: asks for
 *  none; LAKE_COAP_UNSAID (default). The label 32791 has to be among
 *  lake_config_set_ead_labels. */
lake_status lake_coap_client_ask_profiles(lake_coap_client *client, int32_t ask);
/** The index-th profile that the server advertised, in message_2 or in an error message.
 *  LAKE_ERR_NOT_FOUND; LAKE_ERR_STATE before the start. */
lake_status lake_coap_client_peer_profile(lake_coap_client *client, size_t index, struct lake_coap_profile *profile);

/** The first request, for /.well-known/edhoc. *request and *len are written by this and the
 *  next three whatever the status is. With an error the run is over, and a request (its
 *  code is not LAKE_COAP_CODE_EMPTY) is an error message for the server, whose answer does
 *  not matter; one that does not fit is left out (512 do). LAKE_ERR_BUFFER_TOO_SMALL:
 *  lake_coap_client_again gives the request. LAKE_ERR_BUSY while another thread uses the
 *  session. */
lake_status lake_coap_client_start(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                   size_t cap, size_t *len);
/** Takes the answer to the last request and gives the next one; LAKE_COAP_CODE_EMPTY: there
 *  is none, the client is done. It begins again by itself after an Echo challenge and after
 *  a refused suite, profile or resumption. LAKE_PENDING_*: answer it at the session, then
 *  lake_coap_client_continue. LAKE_ERR_REFUSED, LAKE_ERR_CHALLENGES, LAKE_ERR_ANSWER, and
 *  what sessions give. */
lake_status lake_coap_client_next(lake_coap_client *client, const struct lake_coap_incoming *response,
                                  struct lake_coap_outgoing *request, uint8_t *out, size_t cap, size_t *len);
/** The last request once more, with the same bytes. LAKE_ERR_STATE before the start. */
lake_status lake_coap_client_again(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                   size_t cap, size_t *len);
/** Goes on after a question was answered; gives what lake_coap_client_next does. */
lake_status lake_coap_client_continue(lake_coap_client *client, struct lake_coap_outgoing *request, uint8_t *out,
                                      size_t cap, size_t *len);
/** Ends the run after the stack has given up waiting for an answer. */
lake_status lake_coap_client_no_answer(lake_coap_client *client);
/** Makes the payload of a combined request (RFC 9668 section 3.2) in the place of the
 *  request with message_3. in is the OSCORE payload of a request that is protected with the
 *  session's context. Of a request in inner blocks, block is the number of this one: only
 *  the first is combined. max above 0 is MAX_UNFRAGMENTED_SIZE. *edhoc 1: send it with the
 *  EDHOC option, once and empty; 0: without it.
 *
 *  Its answer goes to lake_coap_client_verified if OSCORE has verified it, and to
 *  lake_coap_client_next if it is not protected. LAKE_ERR_COMBINED_SIZE: give
 *  up the transfer in blocks, send lake_coap_client_again first, and the protected request
 *  after it.
 *  LAKE_ERR_NO_COMBINED if message_4 is required. */
lake_status lake_coap_client_combine(lake_coap_client *client, const uint8_t *in, size_t in_len, size_t block,
                                     size_t max, int32_t *edhoc, uint8_t *out, size_t cap, size_t *len);
/** OSCORE has verified a message of the server with the new context: the client is done. */
lake_status lake_coap_client_verified(lake_coap_client *client);
/** *done is 1 if both sides have the context, as far as this one can know. */
lake_status lake_coap_client_is_done(lake_coap_client *client, int32_t *done);
/** The session of the client: to answer questions, to see who the peer is, and for the
 *  OSCORE context, which before the client is done is for the combined request only. It is
 *  the client's and is gone with it, and with a run that begins again or fails.
 *  LAKE_ERR_STATE before the start and after a failure. */
lake_status lake_coap_client_session(lake_coap_client *client, lake_session **session);
/** What went wrong in the last call that failed, as lake_session_error_text. Too small
 *  buffers, LAKE_ERR_BUSY, wrong arguments and the end of a list are no failures. */
lake_status lake_coap_client_error_text(lake_coap_client *client, char *out, size_t cap, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
