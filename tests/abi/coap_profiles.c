/* Application profiles as objects and as links: with the examples of
 * draft-ietf-lake-app-profiles and RFC 9668, there and back, and what is neither. */
#include "coap_fixture.h"

static uint8_t bytes[512];
static size_t bytes_len;

static void unhex(const char *text)
{
    for (bytes_len = 0; text[0] != 0; text += 2) {
        unsigned byte;
        CHECK(bytes_len < sizeof bytes && sscanf(text, "%2x", &byte) == 1);
        bytes[bytes_len++] = (uint8_t)byte;
    }
}

static struct lake_coap_profile read_object(const char *hex)
{
    struct lake_coap_profile profile = {.struct_size = sizeof profile};
    unhex(hex);
    lake_status status = lake_coap_profile_decode(bytes, bytes_len, &profile);
    if (status != LAKE_OK) FAIL("%s: %s", hex, lake_status_name(status));
    return profile;
}

/* A list of a profile: its values as text, with commas. */
static const char *listed(const int64_t *values, uint32_t n)
{
    static char text[2048];
    size_t len = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < n; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, i ? ",%lld" : "%lld", (long long)values[i]);
        CHECK(len < sizeof text);
    }
    return text;
}
#define CHECK_LIST(expected, values, n)                                                        \
    do {                                                                                       \
        if (strcmp(expected, listed(values, n)) != 0)                                          \
            FAIL("%s: expected %s, got %s", #values, expected, listed(values, n));             \
    } while (0)

/* --- Objects ------------------------------------------------------------------------------ */

/* Chapter 8 of the draft. */
static const struct { const char *name, *object, *methods, *suites, *cred_types, *id_cred_types; } well_known[] = {
    {"MINIMAL-CS-2", "a501030202060107041700", "3", "2", "1", "4"},
    {"MINIMAL-CS-0", "a501030200060107041701", "3", "0", "1", "4"},
    {"BASIC-CS-2-X509", "a50182000302020682010207820418221702", "0,3", "2", "1,2", "4,34"},
    {"BASIC-CS-0-X509", "a50182000302000682010207820418221703", "0,3", "0", "1,2", "4,34"},
    {"BASIC-CS-2-C509", "a501820003020206820103078204161704", "0,3", "2", "1,3", "4,22"},
    {"BASIC-CS-0-C509", "a501820003020006820103078204161705", "0,3", "0", "1,3", "4,22"},
    {"INTERMEDIATE-CS-2", "a501820003020206830102030786040e182218211618191706", "0,3", "2", "1,2,3", "4,14,34,33,22,25"},
    {"INTERMEDIATE-CS-0", "a501820003020006830102030786040e182218211618191707", "0,3", "0", "1,2,3", "4,14,34,33,22,25"},
    {"EXTENSIVE", "a50184000102030284000102030684010002030787040e0d182218211618191708", "0,1,2,3", "0,1,2,3", "1,0,2,3",
     "4,14,13,34,33,22,25"},
};

static void known(void)
{
    static const int64_t unknown[] = {-1, COUNT(well_known), 500, INT64_MAX, INT64_MIN};
    struct lake_coap_profile profile;
    char name[64];
    size_t len;
    for (size_t id = 0; id < COUNT(well_known); id++) {
        memset(&profile, 0xa5, sizeof profile);
        profile.struct_size = sizeof profile;
        OK(lake_coap_profile_well_known((int64_t)id, &profile, name, sizeof name, &len));
        CHECK(strcmp(name, well_known[id].name) == 0 && len == strlen(name));
        CHECK(profile.has_id == 1 && profile.id == (int64_t)id && profile.n_eads == 0 && profile.n_exports == 0);
        CHECK(profile.message_4 == 0 && profile.combined_request == 0 && profile.resumption == 0);
        CHECK_LIST(well_known[id].methods, profile.methods, profile.n_methods);
        CHECK_LIST(well_known[id].suites, profile.suites, profile.n_suites);
        CHECK_LIST(well_known[id].cred_types, profile.cred_types, profile.n_cred_types);
        CHECK_LIST(well_known[id].id_cred_types, profile.id_cred_types, profile.n_id_cred_types);
        uint8_t object[128];
        OK(lake_coap_profile_encode(&profile, object, sizeof object, &len));
        unhex(well_known[id].object);
        CHECK_BYTES(bytes, bytes_len, object, len);
        const struct lake_coap_profile again = read_object(well_known[id].object);
        CHECK(memcmp(&profile, &again, sizeof profile) == 0);
    }
    for (size_t i = 0; i < COUNT(unknown); i++)
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, lake_coap_profile_well_known(unknown[i], &profile, name, sizeof name, &len));
}

static void there_and_back(void)
{
    const struct lake_coap_profile all = {
        .struct_size = sizeof all, .has_id = 1, .id = -70000, .message_4 = LAKE_COAP_YES,
        .combined_request = LAKE_COAP_NO, .resumption = LAKE_COAP_YES, .n_methods = 2, .n_suites = 2, .n_cred_types = 1,
        .n_id_cred_types = 2, .n_eads = 2, .methods = {0, 4}, .suites = {24, -24}, .cred_types = {3},
        .id_cred_types = {4, -70000}, .eads = {1, 300}};
    struct lake_coap_profile profile = {.struct_size = sizeof profile}, full = all;
    uint8_t object[1024];
    size_t len;
    OK(lake_coap_profile_encode(&all, object, sizeof object, &len));
    OK(lake_coap_profile_decode(object, len, &profile));
    CHECK(memcmp(&all, &profile, sizeof all) == 0);
    full.n_suites = LAKE_COAP_LIST_MAX; /* lists as long as they can be */
    for (int i = 0; i < LAKE_COAP_LIST_MAX; i++) full.suites[i] = INT64_MIN + i;
    OK(lake_coap_profile_encode(&full, object, sizeof object, &len));
    OK(lake_coap_profile_decode(object, len, &profile));
    CHECK(memcmp(&full, &profile, sizeof full) == 0);
    struct { /* of a later version of the library */
        struct lake_coap_profile known;
        uint8_t more[8];
    } later = {.known.struct_size = sizeof later, .more = {1}};
    OK(lake_coap_profile_decode(object, len, &later.known));
    CHECK_INT(sizeof later, later.known.struct_size);
    CHECK_INT(0, later.more[0]);
    OK(lake_coap_profile_encode(&later.known, object, sizeof object, &len));
}

static void no_objects(void)
{
    struct lake_coap_profile good = {.struct_size = sizeof good, .has_id = 1, .n_methods = 2, .n_cred_types = 2,
                                     .methods = {3, 0}, .cred_types = {1, 2}};
    struct lake_coap_profile p;
    uint8_t object[128];
    size_t len = 7;
    OK(lake_coap_profile_encode(&good, object, sizeof object, &len));
    struct { const char *what; struct lake_coap_profile p; } wrong[8] = {
        {"no ID", good}, {"no methods", good}, {"no credential types", good}, {"a method twice", good},
        {"a credential type twice", good}, {"output lengths", good}, {"an ID of 2", good}, {"nothing", good}};
    wrong[0].p.has_id = 0;
    wrong[1].p.n_methods = 0;
    wrong[2].p.n_cred_types = 0;
    wrong[3].p.methods[1] = 3;
    wrong[4].p.cred_types[1] = 1;
    wrong[5].p.n_exports = 1;
    wrong[6].p.has_id = 2;
    wrong[7].p = (struct lake_coap_profile){.struct_size = sizeof good};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        len = 7;
        lake_status status = lake_coap_profile_encode(&wrong[i].p, object, sizeof object, &len);
        if (status != LAKE_ERR_ARGUMENT || len != 7) FAIL("%s: %s", wrong[i].what, lake_status_name(status));
    }
    static const char *const malformed[] = {
        "", "00", "80", "a0", "a10103", "a201030601", "a201031700", "a206011700", /* an element is missing */
        "a3010306011740", "a30103060117f6", "a3014006011700", "a301f506011700", "a3018006011700", "a301810306011700",
        "a30182030306011700", "a4010302020601", "a40103030106011700", "a4010303f606011700", "a301030601170000",
        "a301030601180000", "bf010306011700ff", "a4010306011700f500", "a30103060117001b", "a3010306011b800000000000000000",
        "a301030601171bffffffffffffffff", "a3011bffffffffffffffff06011700", "a3010306011700ff"};
    for (size_t i = 0; i < COUNT(malformed); i++) {
        const struct lake_coap_profile nothing = {.struct_size = sizeof nothing};
        p = nothing;
        unhex(malformed[i]);
        lake_status status = lake_coap_profile_decode(bytes, bytes_len, &p);
        if (status != LAKE_ERR_MALFORMED || memcmp(&p, &nothing, sizeof p) != 0)
            FAIL("%s: %s", malformed[i], lake_status_name(status));
    }
    /* Elements that are not known, or are text, are passed over. */
    p = read_object("a4004101010306011700");
    CHECK_LIST("3", p.methods, p.n_methods);
    p = read_object("a4010306011700617801");
    CHECK_LIST("1", p.cred_types, p.n_cred_types);
    p = read_object("a40103060107820461781700");
    CHECK_LIST("4", p.id_cred_types, p.n_id_cred_types);
    CHECK_INT(0, read_object("a40103060116818200091700").n_exports); /* these belong elsewhere */
}

/* --- Links ---------------------------------------------------------------------------------- */

static struct lake_coap_resource resource = {.struct_size = sizeof resource};
static struct lake_coap_profile profile = {.struct_size = sizeof profile};
static char path[128];

static lake_status read_link(const char *document, size_t index)
{
    size_t len = 0;
    lake_status status = lake_coap_link_read(document, strlen(document), index, &resource, &profile, path, sizeof path, &len);
    if (status == LAKE_OK) CHECK_INT(strlen(path), len);
    return status;
}

/* RFC 9668 section 6, and sections 3.1 and 4 of the draft. */
static void of_the_specifications(void)
{
    static const char rfc9668[] = "</sensors/temp>;osc,\n    </sensors/light>;if=sensor,\n"
                                  "    </.well-known/edhoc>;rt=core.edhoc;ed-csuite=0;ed-csuite=2;\n"
                                  "        ed-method=0;ed-cred-t=1;ed-cred-t=3;ed-idcred-t=4;\n"
                                  "        ed-i;ed-r;ed-comb-req";
    static const char draft[] = "</.well-known/edhoc>;rt=core.edhoc;ed-csuite=0;ed-csuite=2;\n"
                                "        ed-method=0;ed-cred-t=0;ed-cred-t=1;ed-idcred-t=4;\n"
                                "        ed-i;ed-r;ed-comb-req;ed-ta-edcred-kid=\"AKw\",\n"
                                "    </edhoc-alt>;rt=core.edhoc;ed-prof=500;ed-ead=333;\n"
                                "        ed-ta-edcred-kid=\"_wH_\";ed-ta-edcred-x5t=\"gi5IefKkG1EMH5s\"";
    OK(read_link(rfc9668, 0));
    CHECK(strcmp(path, "/.well-known/edhoc") == 0 && resource.initiator == 1 && resource.responder == 1);
    CHECK(profile.combined_request == LAKE_COAP_YES && profile.message_4 == LAKE_COAP_UNSAID && profile.has_id == 0);
    CHECK_LIST("0,2", profile.suites, profile.n_suites);
    CHECK_LIST("0", profile.methods, profile.n_methods);
    CHECK_LIST("1,3", profile.cred_types, profile.n_cred_types);
    CHECK_LIST("4", profile.id_cred_types, profile.n_id_cred_types);
    CHECK_INT(0, resource.n_profile_ids);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, read_link(rfc9668, 1));
    OK(read_link(draft, 0));
    CHECK_LIST("0,1", profile.cred_types, profile.n_cred_types);
    OK(read_link(draft, 1));
    CHECK(strcmp(path, "/edhoc-alt") == 0 && profile.n_methods == 0);
    CHECK_LIST("500", resource.profile_ids, resource.n_profile_ids);
    CHECK_LIST("333", profile.eads, profile.n_eads);
    CHECK_STATUS(LAKE_ERR_NOT_FOUND, read_link(draft, 2));
}

static void links_there_and_back(void)
{
    struct lake_coap_resource r = {.struct_size = sizeof r, .responder = 1};
    struct lake_coap_profile p = {.struct_size = sizeof p, .combined_request = LAKE_COAP_YES, .resumption = LAKE_COAP_YES,
                                  .n_methods = 2, .n_suites = 1, .n_eads = 1, .methods = {3, 0}, .suites = {2}, .eads = {9}};
    char link[256];
    size_t len;
    OK(lake_coap_link_write("/e", &r, &p, link, sizeof link, &len));
    CHECK(strcmp(link, "</e>;rt=core.edhoc;ed-csuite=2;ed-method=3;ed-method=0;ed-ead=9;ed-r;ed-comb-req;ed-psk-resumption") == 0);
    OK(read_link(link, 0));
    CHECK(memcmp(&r, &resource, sizeof r) == 0 && memcmp(&p, &profile, sizeof p) == 0);
    /* Profiles by ID exclude what else is said. */
    r.n_profile_ids = 2;
    r.profile_ids[0] = 500;
    r.profile_ids[1] = -5;
    OK(lake_coap_link_write("/e", &r, &p, link, sizeof link, &len));
    CHECK(strcmp(link, "</e>;rt=core.edhoc;ed-prof=500;ed-prof=-5;ed-ead=9") == 0);
    OK(read_link("</e>;ed-method=0;ed-r;ed-prof=1;rt=core.edhoc;ed-comb-req", 0));
    CHECK(resource.responder == 0 && resource.n_profile_ids == 1 && profile.n_methods == 0 && profile.combined_request == 0);
    /* What cannot be. */
    r.n_profile_ids = 0;
    p.message_4 = LAKE_COAP_YES; /* excludes the combined request */
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_link_write("/e", &r, &p, link, sizeof link, &len));
    p.message_4 = LAKE_COAP_UNSAID;
    p.methods[1] = 3;
    CHECK_STATUS(LAKE_ERR_ARGUMENT, lake_coap_link_write("/e", &r, &p, link, sizeof link, &len));
}

static void no_links(void)
{
    static const char *const none[] = {"", " \n", "</a>", "</a>;rt=core.edhocx", "</a>;rt=x.core.edhoc", "</a>;rt", "</a>;ed-r"};
    static const char *const one[] = {"</a>;rt=\"core.edhoc\"", "</a>;rt=\"x core.edhoc y\"", "<>;rt=core.edhoc",
                                      "</a> ; rt=core.edhoc", "</a>;rt=core.edhoc,", "</a>;title=\"x, y; <z>\";rt=core.edhoc",
                                      "</a>;rt=core.edhoc;ed-method=x;ed-csuite=99999999999999999999"};
    static const char *const malformed[] = {"a", "</a", "</a>x", "</a>;", "</a>;;", "</a>;=x", "</a>;rt=\"core.edhoc",
                                            "</a>;rt=\"core.edhoc\\", ",", ",</a>", "</a>;rt=a,b"};
    for (size_t i = 0; i < COUNT(none); i++) CHECK_STATUS(LAKE_ERR_NOT_FOUND, read_link(none[i], 0));
    for (size_t i = 0; i < COUNT(one); i++) {
        OK(read_link(one[i], 0));
        CHECK(profile.n_methods == 0 && profile.n_suites == 0);
        CHECK_STATUS(LAKE_ERR_NOT_FOUND, read_link(one[i], 1));
    }
    for (size_t i = 0; i < COUNT(malformed); i++) CHECK_STATUS(LAKE_ERR_MALFORMED, read_link(malformed[i], 0));
    static char spaces[65537];
    memset(spaces, ' ', sizeof spaces);
    size_t len;
    CHECK_STATUS(LAKE_ERR_MALFORMED, lake_coap_link_read(spaces, sizeof spaces, 0, &resource, &profile, path, sizeof path, &len));
    CHECK_STATUS(LAKE_ERR_NOT_FOUND,
                 lake_coap_link_read(spaces, sizeof spaces - 1, 0, &resource, &profile, path, sizeof path, &len));
}

/* What a config says of itself. */
static void of_configs(void)
{
    struct coap c;
    struct lake_coap_profile p = {.struct_size = sizeof p};
    char link[256];
    size_t len;
    coap_make(&c);
    OK(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, 1, &p));
    CHECK(p.has_id == 0 && p.combined_request == LAKE_COAP_YES && p.message_4 == LAKE_COAP_UNSAID && p.resumption == 0);
    CHECK_LIST("3", p.methods, p.n_methods);
    CHECK_LIST("0", p.suites, p.n_suites);
    CHECK_LIST("1", p.cred_types, p.n_cred_types);
    CHECK_LIST("4", p.id_cred_types, p.n_id_cred_types);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_MESSAGE_4, 1)); /* which has not frozen it */
    OK(lake_coap_profile_of(c.p.config_r, LAKE_RESPONDER, 1, &p));
    CHECK(p.combined_request == LAKE_COAP_UNSAID && p.message_4 == LAKE_COAP_YES);
    OK(lake_config_set_option(c.p.config_r, LAKE_OPTION_MESSAGE_4, 0));
    coap_server(&c, NULL);
    OK(lake_coap_server_link(c.server, "/edhoc", 1, link, sizeof link, &len));
    CHECK(strcmp(link, "</edhoc>;rt=core.edhoc;ed-csuite=0;ed-method=3;ed-cred-t=1;ed-idcred-t=4;ed-i;ed-r;ed-comb-req") == 0);
    CHECK_INT(strlen(link), len);
    OK(lake_coap_server_free(c.server));
    OK(lake_coap_server_new(NULL, c.p.config_r, NULL, on_event, &c, NULL, &c.server));
    OK(lake_coap_server_link(c.server, "/edhoc", 1, link, sizeof link, &len));
    CHECK(strcmp(link, "</edhoc>;rt=core.edhoc;ed-csuite=0;ed-method=3;ed-cred-t=1;ed-idcred-t=4;ed-i") == 0);
    coap_free(&c);
}

int main(void)
{
    known();
    there_and_back();
    no_objects();
    of_the_specifications();
    links_there_and_back();
    no_links();
    of_configs();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
