/* encrypt0.h - one direction of a stream of COSE_Encrypt0 records (RFC 9052, section 5.2).
 *
 * The algorithm is ChaCha20/Poly1305 (COSE number 24), the AEAD of EDHOC's cipher suite 4.
 * A record is
 *
 *     16([ << {1: 24} >>, {6: Partial IV}, ciphertext ])
 *
 * with its sequence number as Partial IV. The nonce is the IV of the direction, XORed with
 * that number (section 3.1). Records come in order and each comes once, so the receiver
 * knows the number of the next one, and with it every byte before the ciphertext: these are
 * compared, not parsed. What was repeated, left out or put in another place does not fit.
 *
 * This file knows neither EDHOC nor sockets. */
#ifndef ENCRYPT0_H
#define ENCRYPT0_H

#include <stddef.h>
#include <stdint.h>

enum {
    ENCRYPT0_KEY = 32,
    ENCRYPT0_IV = 12,
    ENCRYPT0_AAD_MAX = 192,  /* bytes of external_aad */
    ENCRYPT0_OVERHEAD = 34,  /* bytes that a record is longer than its plaintext, at most */
    ENCRYPT0_PLAIN_MAX = 65535,
};

struct encrypt0 {
    uint8_t key[ENCRYPT0_KEY];
    uint8_t iv[ENCRYPT0_IV];
    uint64_t next; /* sequence number of the next record */
    uint8_t aad[ENCRYPT0_AAD_MAX + 24];
    size_t aad_len;
};

/* Starts a direction, with key and iv in place already. external_aad is what both sides know
 * and every record is bound to: at most ENCRYPT0_AAD_MAX bytes. */
void encrypt0_start(struct encrypt0 *stream, const uint8_t *external_aad, size_t len);

/* Makes the next record, of at most len + ENCRYPT0_OVERHEAD bytes. Gives its length, or 0 if
 * no more records may be made with this key. */
size_t encrypt0_seal(struct encrypt0 *stream, const uint8_t *plain, size_t len, uint8_t *record);

/* Opens the next record into plain, which has room for len bytes. 0, or -1 if it is not the
 * record that comes next: then nothing can be believed any more, and the connection is to
 * be closed. */
int encrypt0_open(struct encrypt0 *stream, const uint8_t *record, size_t len, uint8_t *plain, size_t *plain_len);

#endif
