/* CHECK: the whole error handling of a program that can only give up. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>

#include <lake.h>

#define CHECK(call)                                                                          \
    do {                                                                                     \
        lake_status check_status = (call);                                                   \
        if (check_status != LAKE_OK) {                                                       \
            fprintf(stderr, "%s: %s\n", #call, lake_strerror(check_status));                 \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

#endif
