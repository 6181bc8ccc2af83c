/* A function with an output buffer, asked for the size, with every size that is too
 * small, with the exact one and with room. */
#ifndef BUFFERS_H
#define BUFFERS_H

#include "fixture.h"

/* The common form of all of them; cap and *len count elements of size bytes. */
typedef lake_status (*getter)(void *out, size_t cap, size_t *len);

#define GETTER(name, call) \
    static lake_status name(void *out, size_t cap, size_t *len) { return call; }

extern struct message given; /* what the last getter gave */

/* size: of an element. is_text: a final zero, which *len does not count. stable:
 * the same bytes each time. */
void check_buffer(const char *name, getter get, size_t size, int is_text, int stable);

#define BYTES(name) check_buffer(#name, name, 1, 0, 1)
#define TEXT(name) check_buffer(#name, name, 1, 1, 1)
#define NUMBERS(name, type) check_buffer(#name, name, sizeof(type), 0, 1)

#endif
