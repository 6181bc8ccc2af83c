#include "options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "demo_credentials.h"
#include "edhoc_coap.h"

enum { LIST_MAX = 4, CHAIN_MAX = 8, FILE_MAX = 8192 };

static const char usage[] =
    "usage: %s [options]\n"
    "\n"
    "  --address A  IPv4 or IPv6 address of the server (127.0.0.1)\n"
    "  --port N     its port (5683); a server given 0 takes a free one\n"
    "  --method L   methods: 0 both sign, 1 the client signs, 2 the server signs, 3 nobody signs:\n"
    "               static keys (a client: 3; a server: all)\n"
    "  --suite L    cipher suites, the preferred one first (2,3,0,1); 0 to 3 only, because\n"
    "               libcoap's OSCORE can do no other algorithms\n"
    "  --own F      own credential: a CWT Claims Set (CBOR), or X.509 certificates (DER), the\n"
    "               end entity's first, one after the other in one file\n"
    "  --key F      its private key: the 32 bytes as they are\n"
    "  --peer F     credential of the peer, in the same formats; may be given again\n"
    "  --message-4  message_4 is part of the protocol; both sides have to be told\n"
    "  --timeout S  seconds a client waits for an answer (10)\n"
    "  --verbose    shows messages in hexadecimal\n"
    "\n"
    "L is a list such as 0,2. Without --own and --peer, credentials made for these examples\n"
    "are used.\n";

static void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(2);
}

static long number(const char *text, long max)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (end == text || *end != '\0' || n < 0 || n > max)
        fail("'%s' is not a number from 0 to %ld.", text, max);
    return n;
}

/* Methods and the suites that libcoap can serve: both go from 0 to 3. */
static size_t list(const char *what, char *text, int32_t values[LIST_MAX])
{
    size_t n = 0;

    for (char *item = strtok(text, ","); item; item = strtok(NULL, ",")) {
        if (strlen(item) != 1 || item[0] < '0' || item[0] > '3')
            fail("--%s %s: these examples take 0 to 3 only%s.", what, item,
                 strcmp(what, "suite") == 0 ? ", because libcoap's OSCORE can do no other algorithms" : "");
        if (n == LIST_MAX)
            fail("--%s: the list is too long.", what);
        values[n++] = item[0] - '0';
    }
    if (n == 0)
        fail("--%s: the list is empty.", what);
    return n;
}

static size_t read_file(const char *name, uint8_t bytes[FILE_MAX])
{
    FILE *file = fopen(name, "rb");
    size_t len = file ? fread(bytes, 1, FILE_MAX, file) : 0;

    if (!file || ferror(file) || len == 0 || len == FILE_MAX)
        fail("%s: cannot be read, is empty, or is larger than %d bytes.", name, FILE_MAX - 1);
    fclose(file);
    return len;
}

/* Length of the DER SEQUENCE at the start; 0 if there is none. */
static size_t der_length(const uint8_t *der, size_t len)
{
    size_t n = 0, octets = len > 1 && der[1] >= 0x80 ? der[1] & 0x7f : 0;

    if (len < 2 || der[0] != 0x30 || octets > 2 || len < 2 + octets)
        return 0;
    if (octets == 0)
        n = der[1];
    for (size_t i = 0; i < octets; i++)
        n = n << 8 | der[2 + i];
    n += 2 + octets;
    return n <= len ? n : 0;
}

static lake_credential *read_credential(const char *name)
{
    uint8_t bytes[FILE_MAX];
    size_t len = read_file(name, bytes), n = 0, lengths[CHAIN_MAX];
    const uint8_t *certificates[CHAIN_MAX];
    lake_credential *credential;
    lake_status status;

    if (bytes[0] != 0x30) { /* which starts a certificate, but not a CBOR map */
        status = lake_credential_from_ccs(bytes, len, &credential);
    } else {
        for (size_t at = 0; at < len && n < CHAIN_MAX; at += lengths[n++]) {
            certificates[n] = bytes + at;
            lengths[n] = der_length(bytes + at, len - at);
            if (lengths[n] == 0)
                fail("%s: not certificates in DER.", name);
        }
        status = lake_credential_from_x509_chain(certificates, lengths, n, &credential);
    }
    if (status != LAKE_OK)
        fail("%s: %s", name, lake_strerror(status));
    return credential;
}

static void add_own(lake_config *config, const char *name, const char *key_name)
{
    lake_credential *credential = read_credential(name);
    uint8_t key[FILE_MAX];
    size_t len = read_file(key_name, key);
    lake_status status = lake_credential_set_private_key(credential, key, len);

    lake_wipe(key, sizeof key);
    if (status != LAKE_OK)
        fail("%s, %s: %s", name, key_name, lake_strerror(status));
    CHECK(lake_config_add_own_credential(config, credential));
    CHECK(lake_credential_free(credential));
}

static void add_peer(lake_config *config, const char *name)
{
    lake_credential *credential = read_credential(name);

    CHECK(lake_config_add_peer_credential(config, credential));
    CHECK(lake_credential_free(credential));
}

static void set_address(coap_address_t *out, const char *address, uint16_t port)
{
    coap_address_init(out);
    if (inet_pton(AF_INET, address, &out->addr.sin.sin_addr) == 1) {
        out->size = sizeof out->addr.sin;
        out->addr.sin.sin_family = AF_INET;
    } else if (inet_pton(AF_INET6, address, &out->addr.sin6.sin6_addr) == 1) {
        out->size = sizeof out->addr.sin6;
        out->addr.sin6.sin6_family = AF_INET6;
    } else {
        fail("--address %s: not an IPv4 or IPv6 address.", address);
    }
    coap_address_set_port(out, port);
}

void options_read(struct options *options, int32_t role, int argc, char **argv)
{
    static const struct option known[] = {
        {"address", required_argument, NULL, 'a'}, {"port", required_argument, NULL, 'p'},
        {"method", required_argument, NULL, 'm'},  {"suite", required_argument, NULL, 's'},
        {"own", required_argument, NULL, 'o'},     {"key", required_argument, NULL, 'k'},
        {"peer", required_argument, NULL, 'r'},    {"message-4", no_argument, NULL, '4'},
        {"timeout", required_argument, NULL, 't'}, {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    const struct lake_limits limits = {
        .struct_size = sizeof limits, .message_size = MESSAGE_MAX, .connection_id = ID_MAX};
    const int client = role == LAKE_INITIATOR;
    const struct demo_credential *demo_own = client ? demo_client : demo_server;
    const struct demo_credential *demo_peer = client ? demo_server : demo_client;
    int32_t methods[LIST_MAX] = {3, 2, 1, 0}, suites[LIST_MAX] = {2, 3, 0, 1};
    size_t n_methods = client ? 1 : 4, n_suites = 4;
    const char *address = "127.0.0.1", *own = NULL, *key = NULL;
    uint16_t port = COAP_DEFAULT_PORT;
    int option, peers = 0;

    *options = (struct options){.timeout = 10};
    CHECK(lake_config_new(&options->config));
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'a': address = optarg; break;
        case 'p': port = (uint16_t)number(optarg, 65535); break;
        case 'm': n_methods = list("method", optarg, methods); break;
        case 's': n_suites = list("suite", optarg, suites); break;
        case 'o': own = optarg; break;
        case 'k': key = optarg; break;
        case 'r': add_peer(options->config, optarg), peers++; break;
        case '4': options->message_4 = 1; break;
        case 't': options->timeout = (int)number(optarg, 3600); break;
        case 'v': options->verbose = 1; break;
        case 'h': printf(usage, argv[0]), exit(0);
        default: fprintf(stderr, usage, argv[0]), exit(2);
        }
    }
    if (optind < argc)
        fail("%s: unknown argument; see --help.", argv[optind]);
    if (!own != !key)
        fail("--own and --key belong together.");

    set_address(&options->address, address, port);
    CHECK(lake_config_set_methods(options->config, methods, n_methods));
    CHECK(lake_config_set_suites(options->config, suites, n_suites));
    CHECK(lake_config_set_limits(options->config, &limits));
    CHECK(lake_config_require_message_4(options->config, options->message_4));
    if (own)
        add_own(options->config, own, key);
    for (int i = 0; i < DEMO_KEYS && !own; i++)
        demo_add_own(options->config, &demo_own[i]);
    for (int i = 0; i < DEMO_KEYS && !peers; i++)
        demo_add_peer(options->config, &demo_peer[i]);
}
