/* records.h - a secure link over a TCP connection: EDHOC, then COSE_Encrypt0 records.
 *
 * On the wire is a sequence of frames: two bytes of length (most significant first), 1 to
 * FRAME_MAX, and so many bytes. The first four frames are message_1 to message_4 of EDHOC,
 * or an EDHOC error message in the place of one. All later ones are records (encrypt0.h).
 * A record without content is the last one of its direction: a connection that ends
 * without it was cut.
 *
 * Each direction has its own key and IV, from the exporter of EDHOC with a context that says
 * what they are for: this protocol, who sends, and the certificates of both sides.
 *
 * A link never waits: ask link_events what to poll for, and call link_turn when poll says
 * so. Thus one thread serves any number of links. What a peer can make it keep is bounded. */
#ifndef RECORDS_H
#define RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include <lake.h>

#include "encrypt0.h"

enum {
    FRAME_HEAD = 2,
    FRAME_MAX = 4096,
    MESSAGE_MAX = FRAME_MAX - ENCRYPT0_OVERHEAD, /* bytes of a message of the application */
    OUTGOING_MAX = 4 * (FRAME_HEAD + FRAME_MAX),
    NAME_MAX_LEN = 128,
};

enum link_state {
    LINK_GREETING, /* EDHOC is under way */
    LINK_OPEN,     /* messages go both ways */
    LINK_ENDED,    /* both sides have said that this was all */
    LINK_FAILED,   /* see why; what is outgoing still has to go out */
};

struct link {
    int fd;
    enum link_state state;
    lake_session *session; /* while LINK_GREETING */
    char name[NAME_MAX_LEN]; /* the subject of the peer's certificate, from LINK_OPEN on */
    char why[256];

    struct encrypt0 in, out;
    int said_end, is_cut;
    uint8_t incoming[FRAME_HEAD + FRAME_MAX], outgoing[OUTGOING_MAX];
    size_t incoming_len, outgoing_len;
};

/* What both sides agree on: signatures (method 0), suite 4, a message_4. own and key are PEM
 * files of this side's certificate, which goes out by value (x5chain), and its private key;
 * anchor is the certificate of who vouches for the other side. Ends the program if they
 * cannot be used. */
lake_config *records_config(const char *own, const char *key, const char *anchor);

/* Starts a link over a connected socket, which link_close closes. An Initiator says by
 * expected which DNS name its peer has to have; NULL for a Responder. */
void link_start(struct link *link, int fd, lake_config *config, int32_t role, const char *expected);

/* What to poll for. */
short link_events(const struct link *link);

/* Moves bytes between the socket and the link, when poll has said that it can. */
void link_turn(struct link *link, short events);

/* The next message that has arrived, at most MESSAGE_MAX bytes. Gives its length, which is
 * above 0; or 0 if there is none yet. */
size_t link_take(struct link *link, uint8_t *message);

/* Whether link_send has room for a message. If not, the peer does not read: wait for it, and
 * take nothing from it that would need an answer. */
int link_has_room(const struct link *link);

/* Sends a message of 1 to MESSAGE_MAX bytes, when there is room. */
void link_send(struct link *link, const void *message, size_t len);

/* Says that nothing more will be sent. */
void link_end(struct link *link);

/* Ends the link because of what the host knows: why is text for people. */
void link_fail(struct link *link, const char *why);

/* Closes the socket and wipes the keys. */
void link_close(struct link *link);

#endif
