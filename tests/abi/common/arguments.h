/* Calls that give an error and write nothing: every output is in the struct o, of which
 * the struct untouched is a copy. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "check.h"

#define GIVES(expected, call)                                                            \
    do {                                                                                 \
        CHECK_STATUS(expected, call);                                                    \
        if (memcmp(&o, &untouched, sizeof o) != 0) FAIL("%s: wrote something", #call);   \
    } while (0)
#define BAD(call) GIVES(LAKE_ERR_ARGUMENT, call)

/* For the three arguments of an output buffer and whatever comes before. */
#define BAD_BUFFER(out, cap, function, ...)        \
    do {                                           \
        BAD(function(__VA_ARGS__ out, cap, NULL)); \
        BAD(function(__VA_ARGS__ NULL, cap, &o.len)); \
    } while (0)
#define NOTHING

/* Longer than any input can be. */
#define TOO_LONG (SIZE_MAX / 4)

#endif
