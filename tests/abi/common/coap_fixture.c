#include "coap_fixture.h"

#include <time.h>

/* --- Messages ----------------------------------------------------------------------- */

struct lake_coap_incoming incoming(const struct outgoing *o)
{
    return (struct lake_coap_incoming){
        .struct_size = sizeof(struct lake_coap_incoming),
        .code = o->head.code,
        .format = o->head.format,
        .payload = o->payload,
        .payload_len = o->len,
        .echo = o->head.echo_len > 0 ? o->head.echo : NULL,
        .echo_len = o->head.echo_len,
    };
}

struct lake_coap_incoming post(const void *payload, size_t len)
{
    return (struct lake_coap_incoming){.struct_size = sizeof(struct lake_coap_incoming), .code = LAKE_COAP_CODE_POST,
                                       .format = CID_EDHOC, .payload = payload, .payload_len = len};
}

struct outgoing answer_of(int32_t code, int32_t format, const void *payload, size_t len)
{
    struct outgoing o = {.head = {.struct_size = sizeof o.head, .code = code, .format = format}, .len = len};
    CHECK(len <= sizeof o.payload);
    if (len > 0) memcpy(o.payload, payload, len);
    return o;
}

struct lake_coap_incoming post_to(struct outgoing *store, const uint8_t *id, size_t id_len, const void *message,
                                  size_t len)
{
    int is_int = id_len == 1 && (id[0] <= 0x17 || (id[0] >= 0x20 && id[0] <= 0x37));
    size_t n = 0;
    if (!is_int) store->payload[n++] = (uint8_t)(0x40 + id_len); /* they are below 24 bytes here */
    memcpy(store->payload + n, id, id_len);
    n += id_len;
    CHECK(id_len < 24 && n + len <= sizeof store->payload);
    memcpy(store->payload + n, message, len);
    store->len = n + len;
    return post(store->payload, store->len);
}

/* --- The server ------------------------------------------------------------------------ */

lake_status on_event(void *userdata, const struct lake_coap_event *event)
{
    struct coap *c = userdata;
    CHECK_INT(sizeof *event, event->struct_size);
    CHECK(event->text != NULL && strlen(event->text) < sizeof c->text);
    CHECK(event->id_len <= sizeof c->id && event->peer_len < sizeof c->peer);
    memcpy(c->text, event->text, strlen(event->text) + 1);
    if (event->peer_len > 0) memcpy(c->peer, event->peer, event->peer_len);
    c->peer[event->peer_len] = 0;
    if (event->id_len > 0) memcpy(c->id, event->id, event->id_len); /* none: no identifier was left */
    c->id_len = event->id_len;
    CHECK((event->kind == LAKE_COAP_EVENT_FAILED) == (event->session == NULL));
    if (event->session != NULL) c->session = event->session;
    switch (event->kind) {
    case LAKE_COAP_EVENT_ESTABLISHED:
        c->established++;
        CHECK_STATUS(LAKE_OK, event->status);
        c->context.struct_size = sizeof c->context;
        OK(lake_session_oscore_context(event->session, &c->context));
        CHECK_BYTES(c->id, c->id_len, c->context.recipient_id, c->context.recipient_id_len);
        break;
    case LAKE_COAP_EVENT_FAILED:
        c->failed++;
        c->status = event->status;
        CHECK(event->status < 0 && event->text[0] != 0);
        break;
    case LAKE_COAP_EVENT_PENDING:
        c->pending++;
        c->status = event->status;
        CHECK(event->status > 0);
        break;
    default: FAIL("an event of kind %d", (int)event->kind);
    }
    if (c->inside) c->inside(c, event);
    if (event->kind == LAKE_COAP_EVENT_ESTABLISHED && c->install == LAKE_OK && !c->keep)
        OK(lake_session_free(event->session));
    return event->kind == LAKE_COAP_EVENT_ESTABLISHED ? c->install : LAKE_ERR_INTERNAL; /* which does not matter */
}

void coap_make(struct coap *c)
{
    memset(c, 0, sizeof *c);
    peers_make(&c->p, 3, 0);
}

void coap_server(struct coap *c, lake_coap_ids *ids)
{
    OK(lake_coap_server_free(c->server));
    c->server = NULL;
    OK(lake_coap_server_new(c->p.config_r, c->p.config_r, ids, on_event, c, NULL, &c->server));
    c->established = c->failed = c->pending = 0;
}

void coap_free(struct coap *c)
{
    OK(lake_coap_server_free(c->server));
    peers_free(&c->p);
}

struct lake_coap_stats stats_of(struct coap *c)
{
    struct lake_coap_stats stats = {.struct_size = sizeof stats};
    OK(lake_coap_server_stats(c->server, &stats));
    return stats;
}

void check_nothing_left(struct coap *c)
{
    struct lake_coap_stats stats = stats_of(c);
    CHECK_INT(0, stats.half_open);
    CHECK_INT(0, stats.contexts);
    CHECK_INT(0, stats.ids);
}

void handle(struct coap *c, struct lake_coap_incoming request, struct outgoing *answer)
{
    c->message_id = (c->message_id + 1) & 0xffff;
    request.message_id = c->message_id;
    if (request.peer == NULL) {
        request.peer = (const uint8_t *)"peer";
        request.peer_len = 4;
    }
    c->last = request;
    repeat(c, answer);
}

void repeat(struct coap *c, struct outgoing *answer)
{
    memset(answer, 0, sizeof *answer);
    answer->head.struct_size = sizeof answer->head;
    OK(lake_coap_server_handle(c->server, &c->last, OUTGOING(answer)));
}

void wait_expired(struct coap *c, uint64_t n)
{
    const struct timespec a_moment = {.tv_nsec = 10000000};
    for (int i = 0; stats_of(c).expired < n; i++) {
        if (i == 3000) FAIL("%d runs have expired, not %d", (int)stats_of(c).expired, (int)n);
        nanosleep(&a_moment, NULL);
        OK(lake_coap_server_expire(c->server));
    }
}

/* --- Clients ------------------------------------------------------------------------------ */

lake_coap_client *client_of(struct coap *c, int32_t role, lake_coap_ids *ids)
{
    lake_coap_client *client;
    OK(lake_coap_client_new(c->p.config_i, role, ids, &client));
    return client;
}

lake_session *session_of(lake_coap_client *client)
{
    lake_session *session;
    OK(lake_coap_client_session(client, &session));
    return session;
}

lake_status client_start(lake_coap_client *client, struct outgoing *request)
{
    request->head.struct_size = sizeof request->head;
    return lake_coap_client_start(client, OUTGOING(request));
}

lake_status client_next(lake_coap_client *client, const struct outgoing *answer, struct outgoing *request)
{
    const struct lake_coap_incoming in = incoming(answer);
    request->head.struct_size = sizeof request->head;
    return lake_coap_client_next(client, &in, OUTGOING(request));
}

int is_done(lake_coap_client *client)
{
    int32_t done = -1;
    OK(lake_coap_client_is_done(client, &done));
    CHECK(done == 0 || done == 1);
    return done;
}

lake_status run(struct coap *c, lake_coap_client *client)
{
    struct outgoing request, answer;
    lake_status status = client_start(client, &request);
    while (status == LAKE_OK && request.head.code != LAKE_COAP_CODE_EMPTY) {
        handle(c, incoming(&request), &answer);
        status = client_next(client, &answer, &request);
    }
    if (status < 0 && request.head.code != LAKE_COAP_CODE_EMPTY) handle(c, incoming(&request), &answer);
    return status;
}

lake_coap_client *half(struct coap *c, struct outgoing *message_3)
{
    struct outgoing answer;
    lake_coap_client *client = client_of(c, LAKE_INITIATOR, NULL);
    OK(client_start(client, &c->first));
    handle(c, incoming(&c->first), &answer);
    OK(client_next(client, &answer, message_3));
    CHECK_INT(LAKE_COAP_CODE_POST, message_3->head.code);
    return client;
}

void check_same_context(struct coap *c, lake_coap_client *client)
{
    struct lake_oscore_context own = {.struct_size = sizeof own};
    const struct lake_oscore_context *theirs = &c->context;
    CHECK_INT(1, is_done(client));
    OK(lake_session_oscore_context(session_of(client), &own));
    CHECK_BYTES(own.master_secret, own.master_secret_len, theirs->master_secret, theirs->master_secret_len);
    CHECK_BYTES(own.master_salt, own.master_salt_len, theirs->master_salt, theirs->master_salt_len);
    CHECK_BYTES(own.sender_id, own.sender_id_len, theirs->recipient_id, theirs->recipient_id_len);
    CHECK_BYTES(own.recipient_id, own.recipient_id_len, theirs->sender_id, theirs->sender_id_len);
}

void check_answer(const char *name, const struct outgoing *answer, int32_t code, int32_t format, int64_t error)
{
    int64_t got = -1;
    char text[512];
    size_t len;
    (void)!lake_error_parse(answer->payload, answer->len, &got, text, sizeof text, &len);
    if (answer->head.code != code || answer->head.format != format || got != error)
        FAIL("%s: code %d, Content-Format %d, error %d; expected %d, %d, %d", name, (int)answer->head.code,
             (int)answer->head.format, (int)got, (int)code, (int)format, (int)error);
    if ((answer->len > 0) != (format == EDHOC)) FAIL("%s: %zu bytes, Content-Format %d", name, answer->len, (int)format);
}
