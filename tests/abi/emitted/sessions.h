/* The sessions that tests/vectors/emit writes, one after the other, and their two
 * sides. Linked with the library that has the hooks of laketest.h. */
#ifndef SESSIONS_H
#define SESSIONS_H

#include "check.h"
#include "laketest.h"

struct bytes {
    uint8_t at[65536];
    size_t len;
};

/* Reads up to the next session; 0 at the end. */
int next_session(FILE *file);
extern char session_name[128];
/* The value of the n-th line with a name, or NULL. */
const char *value_of(const char *name, size_t n);
/* The value of a line that must be there. */
const char *need(const char *name);
long long number(const char *name);
size_t numbers(const char *name, int64_t *out, size_t cap);
/* Good until eight others were asked for, or forget. */
const struct bytes *bytes_of(const char *name);
#define BYTES(name) bytes_of(name)->at, bytes_of(name)->len
void unhex(const char *text, struct bytes *out);
/* Wipes what bytes_of gave. */
void forget(void);

/* auth_i and auth_r: the names under which a side stands. */
extern const char *const party[2];
/* auth_x.field */
const char *of(const char *who, const char *field);
/* A side's credential without its private key. */
lake_credential *credential_of(const char *who);
/* What a role authenticates with: a credential with its private key, or the PSK. */
lake_credential *own_of(int role);
/* What it knows of its peer; NULL: it has a PSK. */
lake_credential *peer_of(int role);
/* Takes the references. */
lake_config *side_config(int role, lake_credential *own, lake_credential *peer);
/* With the ephemeral key and the identifier of the session. */
lake_session *side_session(lake_config *config, int role);

/* Whether OSCORE takes C_I and C_R (RFC 8613 section 3.3). */
int has_oscore(void);

/* The n-th item of EAD of a message; 0 if there is none. */
int ead_item(int message, size_t n, int64_t *label, struct bytes *value, int *has_value);
void add_ead(lake_session *sender, int message);

typedef lake_status (*prepare_fn)(lake_session *, uint8_t *, size_t, size_t *);
typedef lake_status (*process_fn)(lake_session *, const uint8_t *, size_t);
extern const prepare_fn prepare[5];
extern const process_fn process[5];

#endif
