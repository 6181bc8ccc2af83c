/* What every test program asserts with: the first failure ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* _Exit: the heap of a failed test says nothing, and a child of fork must not
 * run what the parent left for exit. */
#define FAIL(...)                                       \
    do {                                                \
        fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
        fprintf(stderr, __VA_ARGS__);                   \
        fputc('\n', stderr);                            \
        _Exit(1);                                       \
    } while (0)

#define CHECK(condition)                         \
    do {                                         \
        if (!(condition)) FAIL("%s", #condition); \
    } while (0)

#define CHECK_INT(expected, actual)                                                                  \
    do {                                                                                             \
        long long expected_ = (long long)(expected), actual_ = (long long)(actual);                  \
        if (expected_ != actual_) FAIL("%s: expected %lld, got %lld", #actual, expected_, actual_);  \
    } while (0)

#define CHECK_STATUS(expected, call)                                                      \
    do {                                                                                  \
        lake_status expected_ = (expected), actual_ = (call);                             \
        if (expected_ != actual_)                                                         \
            FAIL("%s: expected %s, got %s (%d)", #call, lake_status_name(expected_),      \
                 lake_status_name(actual_), (int)actual_);                                \
    } while (0)

#define OK(call) CHECK_STATUS(LAKE_OK, call)

#define CHECK_BYTES(expected, expected_len, actual, actual_len)                           \
    do {                                                                                  \
        CHECK_INT(expected_len, actual_len);                                              \
        if (memcmp(expected, actual, actual_len) != 0) FAIL("%s: other bytes", #actual);  \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
