/* cbor.h - writes deterministically encoded CBOR (RFC 8949, section 4.2). */
#ifndef CBOR_H
#define CBOR_H

#include <stddef.h>
#include <stdint.h>

enum { CBOR_UINT = 0, CBOR_BYTES = 2, CBOR_TEXT = 3, CBOR_ARRAY = 4, CBOR_MAP = 5, CBOR_TAG = 6 };
enum { CBOR_HEAD_MAX = 9 };

/* Writes the head of an item, and gives its length. */
size_t cbor_head(uint8_t *out, int major, uint64_t argument);

/* Writes a string of bytes or of text, and gives its length with the head. */
size_t cbor_string(uint8_t *out, int major, const void *data, size_t len);

#endif
