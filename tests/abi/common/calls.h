/* Every function of lake.h, to be called by name: what is true of all of them
 * (handles, fork) is tested over this table, and table.c holds it against
 * symbols.txt. */
#ifndef CALLS_H
#define CALLS_H

#include "lake.h"

enum kind { NO_HANDLE, CREDENTIAL, CONFIG, SESSION, RESUMPTION, COAP_IDS, COAP_SERVER, COAP_CLIENT, ENDPOINT, KINDS };

struct call {
    const char *name;
    enum kind kind;
    lake_status (*run)(void *handle); /* with arguments that could succeed */
};

extern const struct call calls[];
extern const size_t calls_count;

/* For functions that take another handle beside theirs. */
extern lake_credential *calls_credential;
extern lake_session *calls_session;
extern lake_resumption *calls_resumption;

/* Functions that do not return a status. */
extern const char *const plain_functions[];
extern const size_t plain_functions_count;

#endif
