#include "buffers.h"

struct message given;

#define GUARD 0xa5

static int untouched(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != GUARD) return 0;
    return 1;
}

void check_buffer(const char *name, getter get, size_t size, int is_text, int stable)
{
    uint8_t *first, *again;
    size_t len = 12345, needed;
    lake_status status = get(NULL, 0, &len);
    if (status != LAKE_ERR_BUFFER_TOO_SMALL) FAIL("%s: asked for the size: %s", name, lake_status_name(status));
    needed = len;
    if (needed == 0 || needed == 12345) FAIL("%s: size %zu", name, needed);
    status = get(NULL, 1, &len);
    if (status != LAKE_ERR_ARGUMENT) FAIL("%s: NULL with a capacity: %s", name, lake_status_name(status));
    for (size_t cap = 0; cap < needed; cap++) {
        uint8_t *small = malloc(cap * size + 1);
        memset(small, GUARD, cap * size + 1);
        len = 12345;
        status = get(small, cap, &len);
        if (status != LAKE_ERR_BUFFER_TOO_SMALL) FAIL("%s: %zu of %zu: %s", name, cap, needed, lake_status_name(status));
        if (len != needed) FAIL("%s: size %zu, then %zu", name, needed, len);
        if (!untouched(small, cap * size + 1)) FAIL("%s: wrote into a buffer that is too small", name);
        free(small);
    }
    status = get(NULL, 0, NULL);
    if (status != LAKE_ERR_ARGUMENT) FAIL("%s: no length: %s", name, lake_status_name(status));

    first = malloc(needed * size);
    status = get(first, needed, &len);
    if (status != LAKE_OK) FAIL("%s: exact size: %s", name, lake_status_name(status));
    if (len != needed - (size_t)is_text) FAIL("%s: size %zu, then %zu", name, needed, len);
    if (is_text && strlen((char *)first) != len) FAIL("%s: no final zero", name);

    if (stable) {
        again = malloc((needed + 8) * size);
        memset(again, GUARD, (needed + 8) * size);
        status = get(again, needed + 8, &len);
        if (status != LAKE_OK) FAIL("%s: again: %s", name, lake_status_name(status));
        if (len != needed - (size_t)is_text || memcmp(first, again, needed * size) != 0)
            FAIL("%s: other bytes the second time", name);
        if (!untouched(again + needed * size, 8 * size)) FAIL("%s: wrote more than it said", name);
        free(again);
    }
    given.len = len * size;
    CHECK(given.len <= sizeof given.bytes);
    memcpy(given.bytes, first, given.len);
    free(first);
}
