#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "common.h"
#include "demo_credentials.h"
#include "keylog.h"

enum { LIST_MAX = 8, OWN_MAX = 8, FILE_MAX = 16384 };

static const char usage[] =
    "usage: %s [options]\n"
    "\n"
    "  --address A  IPv4 or IPv6 address of the server (127.0.0.1)\n"
    "  --port N     its port (5683); a server given 0 takes a free one\n"
    "  --method L   methods: 0 both sign, 1 the Initiator signs, 2 the Responder signs, 3 nobody\n"
    "               signs: static keys (a client: 3; a server: all, 3 first)\n"
    "  --suite L    cipher suites, the preferred one first (2,3,0,1)\n"
    "  --own F[,K]  own credential: X.509 certificates (PEM or DER), the end entity's first; a\n"
    "               C509 certificate, CWT or CWT Claims Set (CBOR). Its private key is in K, or in\n"
    "               the same PEM: PEM, DER, hexadecimal, or its bytes. May be given again\n"
    "  --key K      the private key of the --own before it\n"
    "  --by-value   sends its credential; without it, refers to it where that is possible\n"
    "  --peer F     credential of a peer, in the same formats; may be given again\n"
    "  --anchor F   certificate of an authority: trusts peers that it certifies; may be given again\n"
    "  --any-peer-insecure  trusts whoever sends a credential by value\n"
    "  --expect K:N name of a peer that is accepted, with its kind K: dns, ip, uri, eui64, subject,\n"
    "               key, cwt or ccs; may be given again. A client with --anchor needs it: each\n"
    "               device of the authority could play the server. A server takes all of them\n"
    "  --message-4  message_4 is part of the protocol; both sides have to be told\n"
    "  --keylog F   appends the secrets of runs, for Wireshark: who has them reads, and forges, all\n"
    "               that they protect; without it, what LAKEKEYLOGFILE names\n"
    "  --verbose    shows messages in hexadecimal\n"
    "\n"
    "Of a server:\n"
    "  --clients N  clients that it has room for (4096)\n"
    "  --age S      seconds that a run of EDHOC may take (120)\n"
    "  --no-echo    for clients that do not know the Echo option\n"
    "\n"
    "Of a client:\n"
    "  --reverse    the server sends message_1: the client is the Responder\n"
    "  --timeout S  seconds to wait for an answer (10)\n"
    "  --ack-timeout S  seconds until libcoap sends a request again (2, or 1.25); it takes no\n"
    "               less than 1\n"
    "\n"
    "Of edhoc_client:\n"
    "  --combined   message_3 goes with the first request\n"
    "  --greeting T PUTs a greeting; a file's content if T is @ and its name\n"
    "  --times N    GETs it so often (1)\n"
    "  --observe N  observes it, until there were so many notifications (0)\n"
    "  --messages N makes new keys after so many messages\n"
    "\n"
    "Of the client of libcoap_oscore:\n"
    "  --discover   asks /.well-known/core what the server does, and where\n"
    "  --no-receipt accepts an answer without a receipt, which only libcoap_oscore server sends:\n"
    "               libcoap cannot tell whether it was protected\n"
    "\n"
    "L is a list such as 0,2. Without --own, or --peer, --anchor and\n"
    "--any-peer-insecure, credentials made for these examples are used.\n";

static const char libcoap_suites[] = ", because libcoap's OSCORE can do no other algorithms";

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

/* Seconds, such as 1.25. */
static coap_fixed_point_t seconds(const char *text)
{
    char *end;
    double s = strtod(text, &end);

    if (end == text || *end != '\0' || !(s >= 0 && s <= 3600))
        fail("'%s' is not a number from 0 to 3600.", text);
    s = s < 1 ? 1 : s;
    return (coap_fixed_point_t){(uint16_t)s, (uint16_t)((s - (uint16_t)s) * 1000)};
}

static size_t list(const char *what, char *text, int32_t values[LIST_MAX], long max, const char *because)
{
    size_t n = 0;

    for (char *item = strtok(text, ","); item; item = strtok(NULL, ",")) {
        char *end;
        const long value = strtol(item, &end, 10);
        if (*end != '\0' || value < 0 || value > max)
            fail("--%s %s: this example takes 0 to %ld only%s.", what, item, max, because);
        if (n == LIST_MAX)
            fail("--%s: the list is too long.", what);
        values[n++] = (int32_t)value;
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

/* A text of the command line, or with @ a file's; for good. */
static const char *text_of(char *text)
{
    static uint8_t content[FILE_MAX + 1];

    if (*text != '@')
        return text;
    content[read_file(text + 1, content)] = '\0';
    return (const char *)content;
}

/* A credential of any kind, which its first byte tells, and the LAKE_ID_* to send it by value with. */
static lake_credential *read_credential(const char *name, int32_t *by_value)
{
    uint8_t bytes[FILE_MAX];
    const uint8_t *first = bytes;
    size_t len = read_file(name, bytes);
    lake_credential *credential;
    lake_status status;

    if (bytes[0] >> 5 == 5) { /* a CBOR map */
        *by_value = LAKE_ID_KCCS;
        status = lake_credential_from_ccs(bytes, len, &credential);
    } else if (bytes[0] == 0x84 || bytes[0] == 0xd2 || bytes[0] == 0xd8) { /* an array of four, tagged or not */
        *by_value = LAKE_ID_KCWT;
        status = lake_credential_from_cwt(bytes, len, &credential);
    } else if (bytes[0] == 0x8b) { /* an array of eleven */
        *by_value = LAKE_ID_C5C;
        status = lake_credential_from_c509(&first, &len, 1, &credential);
    } else {
        *by_value = LAKE_ID_X5CHAIN;
        status = lake_credential_from_pem(bytes, len, &credential);
    }
    lake_wipe(bytes, sizeof bytes); /* with the private key that may be in the same file */
    if (status != LAKE_OK)
        fail("%s: %s", name, lake_strerror(status));
    return credential;
}

/* A file with a credential, and one with its private key; NULL: it is in the same file. */
struct own {
    const char *name, *key_name;
};

static struct own own_of(char *text)
{
    char *comma = strchr(text, ',');

    if (comma)
        *comma++ = '\0';
    return (struct own){text, comma};
}

static void add_own(lake_config *config, const struct own *own, int is_by_value)
{
    const char *key_name = own->key_name ? own->key_name : own->name;
    int32_t by_value;
    lake_credential *credential = read_credential(own->name, &by_value);
    uint8_t key[FILE_MAX];
    size_t len = read_file(key_name, key);
    lake_status status = lake_credential_set_private_key_pem(credential, key, len);

    lake_wipe(key, sizeof key);
    if (status != LAKE_OK)
        fail("%s: not the private key of %s: %s", key_name, own->name, lake_strerror(status));
    if (is_by_value)
        CHECK(lake_credential_set_id(credential, by_value, NULL, 0));
    CHECK(lake_config_add_own_credential(config, credential));
    CHECK(lake_credential_free(credential));
}

static void add_peer(lake_config *config, const char *name)
{
    int32_t by_value;
    lake_credential *credential = read_credential(name, &by_value);

    CHECK(lake_config_add_peer_credential(config, credential));
    CHECK(lake_credential_free(credential));
}

static void add_anchor(lake_config *config, const char *name)
{
    int32_t by_value;
    lake_credential *credential = read_credential(name, &by_value);
    lake_status status = lake_config_add_trust_anchor(config, credential);

    if (status != LAKE_OK)
        fail("%s: %s", name, lake_strerror(status));
    CHECK(lake_config_set_option(config, LAKE_OPTION_PEER_POLICY, LAKE_PEER_X509));
    CHECK(lake_credential_free(credential));
}

/* Accepts peers with a name such as dns:server.example, and no others. */
static void add_name(lake_config *config, const char *text)
{
    static const char *const kinds[] = {
        [LAKE_NAME_DNS] = "dns",         [LAKE_NAME_IP] = "ip",   [LAKE_NAME_URI] = "uri", [LAKE_NAME_EUI64] = "eui64",
        [LAKE_NAME_SUBJECT] = "subject", [LAKE_NAME_KEY] = "key", [LAKE_NAME_CWT] = "cwt", [LAKE_NAME_CCS] = "ccs"};
    const size_t len = strcspn(text, ":");

    for (int32_t kind = LAKE_NAME_DNS; kind <= LAKE_NAME_CCS && text[len] == ':'; kind++)
        if (strlen(kinds[kind]) == len && strncmp(text, kinds[kind], len) == 0 &&
            lake_config_allow_peer(config, kind, text + len + 1) == LAKE_OK)
            return;
    fail("--expect %s: not a name such as dns:server.example; see --help.", text);
}

void options_read(struct options *options, enum options_side side, int argc, char **argv)
{
    static const struct option known[] = {
        {"address", required_argument, NULL, 'a'}, {"port", required_argument, NULL, 'p'},
        {"method", required_argument, NULL, 'm'},  {"suite", required_argument, NULL, 's'},
        {"own", required_argument, NULL, 'o'},     {"key", required_argument, NULL, 'k'},
        {"peer", required_argument, NULL, 'r'},    {"message-4", no_argument, NULL, '4'},
        {"timeout", required_argument, NULL, 't'}, {"verbose", no_argument, NULL, 'v'},
        {"anchor", required_argument, NULL, 'c'},  {"reverse", no_argument, NULL, 'R'},
        {"discover", no_argument, NULL, 'd'},      {"ack-timeout", required_argument, NULL, 'T'},
        {"clients", required_argument, NULL, 'C'}, {"age", required_argument, NULL, 'A'},
        {"no-receipt", no_argument, NULL, 'n'},    {"help", no_argument, NULL, 'h'},
        {"expect", required_argument, NULL, 'e'},  {"combined", no_argument, NULL, 'b'},
        {"greeting", required_argument, NULL, 'g'}, {"times", required_argument, NULL, 'N'},
        {"observe", required_argument, NULL, 'O'}, {"messages", required_argument, NULL, 'M'},
        {"keylog", required_argument, NULL, 'K'},  {"by-value", no_argument, NULL, 'V'},
        {"no-echo", no_argument, NULL, 'E'},       {"any-peer-insecure", no_argument, NULL, 'I'},
        {NULL, 0, NULL, 0},
    };
    const struct lake_limits limits = {
        .struct_size = sizeof limits, .message_size = MESSAGE_MAX, .connection_id = ID_MAX};
    const int client = side == OPTIONS_CLIENT || side == OPTIONS_LIBCOAP_CLIENT;
    const int libcoap = side == OPTIONS_LIBCOAP_CLIENT || side == OPTIONS_LIBCOAP_SERVER;
    const struct demo_credential *demo_own = client ? demo_client : demo_server;
    const struct demo_credential *demo_peer = client ? demo_server : demo_client;
    int32_t methods[LIST_MAX] = {3, 2, 1, 0}, suites[LIST_MAX] = {2, 3, 0, 1};
    size_t n_methods = client ? 1 : 4, n_suites = 4;
    const char *address = "127.0.0.1", *keylog = NULL;
    struct own own[OWN_MAX];
    uint16_t port = COAP_DEFAULT_PORT;
    int option, owns = 0, by_value = 0, any_peer = 0, peers = 0, anchors = 0, names = 0;

    *options = (struct options){.clients = CLIENTS_MAX, .timeout = 10, .ack_timeout = COAP_DEFAULT_ACK_TIMEOUT, .times = 1};
    setvbuf(stdout, NULL, _IOLBF, 0);
    CHECK(lake_config_new(&options->config));
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'a': address = optarg; break;
        case 'p': port = (uint16_t)number(optarg, 65535); break;
        case 'm': n_methods = list("method", optarg, methods, 3, ""); break;
        case 's': n_suites = list("suite", optarg, suites, libcoap ? 3 : 25, libcoap ? libcoap_suites : ""); break;
        case 'o':
            if (owns == OWN_MAX)
                fail("--own: %d are enough.", OWN_MAX);
            own[owns++] = own_of(optarg);
            break;
        case 'k':
            if (owns == 0 || own[owns - 1].key_name)
                fail("--key %s: the --own that it belongs to comes before it.", optarg);
            own[owns - 1].key_name = optarg;
            break;
        case 'V': by_value = 1; break;
        case 'E': options->no_echo = 1; break;
        case 'I': any_peer = 1, peers++; break;
        case 'r': add_peer(options->config, optarg), peers++; break;
        case 'c': add_anchor(options->config, optarg), peers++, anchors++; break;
        case 'e': add_name(options->config, optarg), names++; break;
        case '4': options->message_4 = 1; break;
        case 't': options->timeout = (int)number(optarg, 3600); break;
        case 'C': options->clients = (int)number(optarg, CLIENTS_MAX); break;
        case 'A': options->age = (int)number(optarg, 3600); break;
        case 'T': options->ack_timeout = seconds(optarg); break;
        case 'R': options->reverse = 1; break;
        case 'd': options->discover = 1; break;
        case 'n': options->no_receipt = 1; break;
        case 'b': options->combined = 1; break;
        case 'g': options->greeting = text_of(optarg); break;
        case 'N': options->times = (int)number(optarg, 100000); break;
        case 'O': options->notifications = (int)number(optarg, 100000); break;
        case 'M': options->messages = (int)number(optarg, 100000); break;
        case 'K': keylog = optarg; break;
        case 'v': options->verbose = 1; break;
        case 'h': printf(usage, argv[0]), exit(0);
        default: fprintf(stderr, usage, argv[0]), exit(2);
        }
    }
    if (optind < argc)
        fail("%s: unknown argument; see --help.", argv[optind]);
    if (client && anchors && !names)
        fail("--anchor needs --expect: each device of the authority could play the server.");

    if (!address_read(&options->address, address, port, AF_UNSPEC))
        fail("--address %s: not an IPv4 or IPv6 address.", address);
    CHECK(lake_config_set_methods(options->config, methods, n_methods));
    const lake_status status = lake_config_set_suites(options->config, suites, n_suites);
    if (status != LAKE_OK)
        fail("--suite: %s", lake_strerror(status));
    CHECK(lake_config_set_limits(options->config, &limits));
    CHECK(lake_config_set_option(options->config, LAKE_OPTION_MESSAGE_4, options->message_4));
    CHECK(lake_config_set_option(options->config, LAKE_OPTION_ANY_PEER, !client)); /* a server is the Initiator, too */
    if (any_peer)
        CHECK(lake_config_set_option(options->config, LAKE_OPTION_PEER_POLICY, LAKE_PEER_ANY_INSECURE));
    for (int i = 0; i < owns; i++)
        add_own(options->config, &own[i], by_value);
    for (int i = 0; i < DEMO_KEYS && owns == 0; i++)
        demo_add_own(options->config, &demo_own[i], by_value);
    for (int i = 0; i < DEMO_KEYS && !peers; i++)
        demo_add_peer(options->config, &demo_peer[i]);
    keylog_to(options->config, keylog);
}
