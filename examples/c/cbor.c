#include "cbor.h"

#include <string.h>

size_t cbor_head(uint8_t *out, int major, uint64_t argument)
{
    int size = argument < 24 ? 0 : argument <= UINT8_MAX ? 1 : argument <= UINT16_MAX ? 2 : argument <= UINT32_MAX ? 4 : 8;
    int info = size == 0 ? (int)argument : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;

    out[0] = (uint8_t)(major << 5 | info);
    for (int i = size; i > 0; i--, argument >>= 8)
        out[i] = (uint8_t)argument;
    return 1 + (size_t)size;
}

size_t cbor_string(uint8_t *out, int major, const void *data, size_t len)
{
    size_t head = cbor_head(out, major, len);

    memcpy(out + head, data, len);
    return head + len;
}
