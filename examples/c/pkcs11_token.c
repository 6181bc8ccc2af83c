#include "pkcs11_token.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 64, COORDINATE = 32 };

static char key_label[] = "edhoc";
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_OBJECT_CLASS secret_class = CKO_SECRET_KEY;
static CK_KEY_TYPE ec = CKK_EC, generic = CKK_GENERIC_SECRET;

/* The object identifier of P-256 in DER. */
static uint8_t p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};

static void check(CK_RV rv, const char *what)
{
    const char *why = rv == CKR_PIN_INCORRECT           ? "the PIN is wrong"
                      : rv == CKR_PIN_LEN_RANGE         ? "the PIN is too short or too long"
                      : rv == CKR_PIN_LOCKED            ? "the PIN is locked after too many attempts"
                      : rv == CKR_TOKEN_WRITE_PROTECTED ? "the token is write-protected"
                      : rv == CKR_MECHANISM_INVALID     ? "the token cannot do that"
                                                        : "the token says no";

    if (rv == CKR_OK)
        return;
    fprintf(stderr, "%s: %s (CK_RV 0x%lx)\n", what, why, rv);
    exit(1);
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Labels are padded with blanks. */
static int is_labelled(const CK_TOKEN_INFO *info, const char *label)
{
    size_t len = strlen(label);

    if (len > sizeof info->label || memcmp(info->label, label, len) != 0)
        return 0;
    while (len < sizeof info->label && info->label[len] == ' ')
        len++;
    return len == sizeof info->label;
}

static CK_SLOT_ID find_slot(CK_FUNCTION_LIST *f, const char *label)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_TOKEN_INFO info;
    CK_ULONG n = SLOTS_MAX;

    check(f->C_GetSlotList(CK_TRUE, slots, &n), "listing the tokens");
    for (CK_ULONG i = 0; i < n; i++)
        if (f->C_GetTokenInfo(slots[i], &info) == CKR_OK && is_labelled(&info, label))
            return slots[i];
    fail(label, "there is no token with this label");
    return 0;
}

/* The object of the key pair with this class, or CK_INVALID_HANDLE. */
static CK_OBJECT_HANDLE find_key(struct token *t, CK_OBJECT_CLASS class)
{
    CK_ATTRIBUTE wanted[] = {
        {CKA_CLASS, &class, sizeof class},
        {CKA_KEY_TYPE, &ec, sizeof ec},
        {CKA_LABEL, key_label, sizeof key_label - 1},
    };
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_ULONG n = 0;

    check(t->f->C_FindObjectsInit(t->session, wanted, 3), "looking for the key");
    check(t->f->C_FindObjects(t->session, &key, 1, &n), "looking for the key");
    check(t->f->C_FindObjectsFinal(t->session), "looking for the key");
    return n == 1 ? key : CK_INVALID_HANDLE;
}

static void make_key_pair(struct token *t)
{
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE public_key[] = {
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_LABEL, key_label, sizeof key_label - 1},
        {CKA_EC_PARAMS, p256, sizeof p256},
        {CKA_VERIFY, &yes, sizeof yes},
    };
    CK_ATTRIBUTE private_key[] = {
        {CKA_TOKEN, &yes, sizeof yes},     {CKA_LABEL, key_label, sizeof key_label - 1},
        {CKA_PRIVATE, &yes, sizeof yes},   {CKA_SENSITIVE, &yes, sizeof yes},
        {CKA_EXTRACTABLE, &no, sizeof no}, {CKA_SIGN, &yes, sizeof yes},
        {CKA_DERIVE, &yes, sizeof yes},
    };
    CK_OBJECT_HANDLE public;

    check(t->f->C_GenerateKeyPair(t->session, &mechanism, public_key, 4, private_key, 7, &public, &t->private_key),
          "making a P-256 key pair");
}

/* CKA_EC_POINT is 04 || x || y, which most tokens wrap in an OCTET STRING. */
static void read_public_key(struct token *t)
{
    uint8_t point[128];
    CK_ATTRIBUTE attribute = {CKA_EC_POINT, point, sizeof point};

    check(t->f->C_GetAttributeValue(t->session, find_key(t, CKO_PUBLIC_KEY), &attribute, 1), "reading the public key");
    if (attribute.ulValueLen < 1 + sizeof t->public_key ||
        point[attribute.ulValueLen - sizeof t->public_key - 1] != 0x04)
        fail("the public key", "not a point of P-256");
    memcpy(t->public_key, point + attribute.ulValueLen - sizeof t->public_key, sizeof t->public_key);
}

void token_open(struct token *t, const char *module, const char *label, const char *pin)
{
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    CK_C_GetFunctionList get_functions;

    memset(t, 0, sizeof *t);
    t->module = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (!t->module)
        fail("the module cannot be loaded", dlerror());
    get_functions = (CK_C_GetFunctionList)dlsym(t->module, "C_GetFunctionList");
    if (!get_functions)
        fail(module, "not a PKCS#11 module");
    check(get_functions(&t->f), module);
    check(t->f->C_Initialize(&arguments), module);
    check(t->f->C_OpenSession(find_slot(t->f, label), CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &t->session),
          label);
    check(t->f->C_Login(t->session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)), "logging in");

    t->private_key = find_key(t, CKO_PRIVATE_KEY);
    t->was_there = t->private_key != CK_INVALID_HANDLE;
    if (!t->was_there)
        make_key_pair(t);
    read_public_key(t);
}

void token_close(struct token *t)
{
    check(t->f->C_Logout(t->session), "logging out");
    check(t->f->C_CloseSession(t->session), "closing the session");
    check(t->f->C_Finalize(NULL), "closing the module");
    dlclose(t->module);
}

/* CKM_ECDSA signs a hash, which the token computes here, too; the signature is r || s. */
static lake_status sign(struct token *t, const uint8_t *to_be_signed, size_t to_be_signed_len, uint8_t *out, size_t cap,
                        size_t *len)
{
    CK_MECHANISM sha256 = {CKM_SHA256, NULL, 0}, ecdsa = {CKM_ECDSA, NULL, 0};
    uint8_t hash[32];
    CK_ULONG hash_len = sizeof hash, signature_len = cap;
    CK_RV rv = t->f->C_DigestInit(t->session, &sha256);

    if (rv == CKR_OK)
        rv = t->f->C_Digest(t->session, (uint8_t *)to_be_signed, to_be_signed_len, hash, &hash_len);
    if (rv == CKR_OK)
        rv = t->f->C_SignInit(t->session, &ecdsa, t->private_key);
    if (rv == CKR_OK)
        rv = t->f->C_Sign(t->session, hash, hash_len, out, &signature_len);
    *len = signature_len;
    return rv == CKR_OK ? LAKE_OK : LAKE_ERR_CALLBACK;
}

/* The secret is made as an object that can be read, and read. Of the peer's point
 * only x is given; 02 || x is one of the two points that have it, and both give the
 * same secret. (For a token that does not take this compressed form, the host has to
 * compute y.) */
static lake_status ecdh(struct token *t, const uint8_t *peer, size_t peer_len, uint8_t *out, size_t cap, size_t *len)
{
    uint8_t point[1 + COORDINATE] = {0x02};
    CK_ECDH1_DERIVE_PARAMS parameters = {.kdf = CKD_NULL, .ulPublicDataLen = sizeof point, .pPublicData = point};
    CK_MECHANISM ecdh = {CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
    CK_ULONG secret_len = COORDINATE;
    CK_ATTRIBUTE wanted[] = {
        {CKA_CLASS, &secret_class, sizeof secret_class}, {CKA_KEY_TYPE, &generic, sizeof generic},
        {CKA_VALUE_LEN, &secret_len, sizeof secret_len}, {CKA_TOKEN, &no, sizeof no},
        {CKA_SENSITIVE, &no, sizeof no},                 {CKA_EXTRACTABLE, &yes, sizeof yes},
    };
    CK_ATTRIBUTE value = {CKA_VALUE, out, cap};
    CK_OBJECT_HANDLE secret;

    if (peer_len != COORDINATE)
        return LAKE_ERR_CALLBACK;
    memcpy(point + 1, peer, peer_len);
    if (t->f->C_DeriveKey(t->session, &ecdh, t->private_key, wanted, 6, &secret) != CKR_OK)
        return LAKE_ERR_CALLBACK;
    CK_RV rv = t->f->C_GetAttributeValue(t->session, secret, &value, 1);
    CK_RV destroyed = t->f->C_DestroyObject(t->session, secret);
    *len = value.ulValueLen;
    return rv == CKR_OK && destroyed == CKR_OK ? LAKE_OK : LAKE_ERR_CALLBACK;
}

lake_status token_use(void *token, int32_t operation, const uint8_t *in, size_t in_len, uint8_t *out, size_t cap,
                      size_t *len)
{
    switch (operation) {
    case LAKE_OPERATION_SIGN:
        return sign(token, in, in_len, out, cap, len);
    case LAKE_OPERATION_ECDH:
        return ecdh(token, in, in_len, out, cap, len);
    default:
        return LAKE_ERR_UNSUPPORTED;
    }
}
