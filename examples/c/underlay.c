#include "underlay.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"

/* Peers are 127.0.0.1 and so on. Who is none is 127.255.0.0 and so on: strangers, who may ask
 * for open paths, and a client's server. */
enum { DATAGRAM_MAX = 2048, BURST = 64, OTHERS = 256, FIRST_OTHER = 0xff0000 };

struct underlay underlay;
static int network, loopback, family; /* of addresses on the network */
static coap_address_t own, stack;     /* on loopback: ours, and libcoap's */
static struct lake_endpoint_action action, others[OTHERS]; /* the last one, and the last from others */

static int64_t now(void)
{
    coap_tick_t ticks;

    coap_ticks(&ticks);
    return (int64_t)(coap_ticks_to_rt_us(ticks) / 1000);
}

static int from_network(void)
{
    coap_address_t from = {.size = sizeof from.addr};
    uint8_t data[DATAGRAM_MAX];
    char text[ADDRESS_MAX];
    const ssize_t len = recvfrom(network, data, sizeof data, MSG_DONTWAIT, &from.addr.sa, &from.size);

    if (len >= 0)
        CHECK(lake_endpoint_receive(underlay.endpoint, (const uint8_t *)text, address_write(&from, text, NULL), data,
                                    (size_t)len, now()));
    underlay.unreachable |= len < 0 && errno == ECONNREFUSED;
    return len >= 0;
}

/* What cannot be sent is lost, here and below, as in any network. */
static void to_network(const uint8_t *data, size_t len)
{
    char text[ADDRESS_MAX] = "", *port, *host = text + (action.address[0] == '[');
    coap_address_t to;

    memcpy(text, action.address, action.address_len);
    port = strrchr(text, ':');
    *port++ = '\0';
    host[strcspn(host, "]")] = '\0';
    if (address_read(&to, host, (uint16_t)strtoul(port, NULL, 10), family))
        (void)sendto(network, data, len, 0, &to.addr.sa, to.size);
}

/* A datagram from us at 127.x.y.z to libcoap, or from it to there; the number is x.y.z. */
static ssize_t transfer(int sends, uint32_t *number, uint8_t *data, size_t size)
{
    struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(0x7f000000 | *number)};
    union {
        struct cmsghdr head;
        uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control = {{.cmsg_len = CMSG_LEN(sizeof info), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO}};
    coap_address_t other = stack;
    struct iovec part = {data, size};
    struct msghdr message = {.msg_name = &other.addr, .msg_namelen = other.size, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = &control, .msg_controllen = sizeof control};

    memcpy(CMSG_DATA(&control.head), &info, sizeof info);
    const ssize_t len = sends ? sendmsg(loopback, &message, 0) : recvmsg(loopback, &message, MSG_DONTWAIT);
    memcpy(&info, CMSG_DATA(&control.head), sizeof info);
    *number = ntohl(info.ipi_addr.s_addr) & 0xffffff;
    return len < 0 || coap_address_equals(&other, &stack) ? len : 0; /* what others on this host send is nothing */
}

static void to_stack(uint8_t *data, size_t len)
{
    static unsigned last;
    uint32_t number = underlay.session ? FIRST_OTHER : (uint32_t)action.peer;

    if (number == 0) {
        others[last = (last + 1) % OTHERS] = action;
        number = FIRST_OTHER + last;
    }
    if (action.peer < FIRST_OTHER) /* after 16 million peers it is time for another process */
        (void)transfer(1, &number, data, len);
}

static int from_stack(void)
{
    uint32_t number = 0;
    uint8_t data[DATAGRAM_MAX];
    const ssize_t len = transfer(0, &number, data, sizeof data);
    const struct lake_endpoint_action *other = number < FIRST_OTHER ? NULL : &others[number % OTHERS];
    lake_status status = LAKE_OK;

    if (len > 0)
        status = lake_endpoint_send(underlay.endpoint, other ? 0 : number, other ? other->address : NULL,
                                    other ? other->address_len : 0, data, (size_t)len, now());
    if (status != LAKE_OK)
        printf("a datagram of libcoap is lost: %s\n", lake_strerror(status));
    return len >= 0;
}

static int who_is(int64_t peer, char who[WHO_MAX])
{
    lake_credential *credential;

    return lake_endpoint_peer_credential(underlay.endpoint, peer, &credential) == LAKE_OK && write_who(credential, who);
}

int underlay_who(const coap_session_t *session, const coap_string_t *query, coap_pdu_t *response, char who[WHO_MAX])
{
    const coap_address_t *from = coap_session_get_addr_remote(session);

    (void)query, (void)response;
    return coap_address_get_port(from) == coap_address_get_port(&own) && /* which is ours alone */
           who_is(ntohl(from->addr.sin.sin_addr.s_addr) & 0xffffff, who);
}

static void tell(const char *text)
{
    static const char *const names[] = {"", "authenticated", "renewed", "dropped", "failed", "waits", "refused"};
    char who[WHO_MAX];

    underlay.failed |= action.event == LAKE_ENDPOINT_EVENT_FAILED;
    printf("%.*s %s: %s\n", (int)action.address_len, (const char *)action.address, names[action.event],
           action.status == LAKE_OK && who_is(action.peer, who) ? who : text);
}

static void work(void)
{
    uint8_t out[2 * DATAGRAM_MAX]; /* more than comes of any datagram */
    size_t len;

    do {
        action.struct_size = sizeof action;
        CHECK(lake_endpoint_next(underlay.endpoint, &action, out, sizeof out - 1, &len));
        out[len] = '\0';
        if (action.kind == LAKE_ENDPOINT_ACTION_SEND)
            to_network(out, len);
        else if (action.kind == LAKE_ENDPOINT_ACTION_DELIVER)
            to_stack(out, len);
        else if (action.kind == LAKE_ENDPOINT_ACTION_EVENT)
            tell((const char *)out);
    } while (action.kind != LAKE_ENDPOINT_ACTION_NOTHING);
}

void underlay_turn(int milliseconds)
{
    struct pollfd fds[] = {{network, POLLIN, 0}, {loopback, POLLIN, 0}, {coap_context_get_coap_fd(underlay.coap), POLLIN, 0}};
    int64_t due;

    coap_io_process(underlay.coap, COAP_IO_NO_WAIT);
    CHECK(lake_endpoint_due(underlay.endpoint, &due));
    const int64_t rest = due > now() ? due - now() : 0;
    poll(fds, 3, rest < milliseconds ? (int)rest : milliseconds);
    for (int i = 0; i < BURST && from_network(); i++)
        work();
    for (int i = 0; i < BURST && from_stack(); i++)
        work();
    if (due <= now())
        CHECK(lake_endpoint_tick(underlay.endpoint, now()));
    work();
}

/* libcoap on loopback: connected to us, or listening. */
static int open_coap(int is_client)
{
    coap_endpoint_t *listening = NULL;

    underlay.coap = coap_new_context(NULL);
    coap_context_set_block_mode(underlay.coap, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
    coap_context_set_max_idle_sessions(underlay.coap, OTHERS);
    if (is_client && address_read(&stack, "127.255.0.0", coap_address_get_port(&own), AF_UNSPEC))
        underlay.session = coap_new_client_session(underlay.coap, NULL, &stack, COAP_PROTO_UDP);
    else if (address_read(&stack, "127.0.0.1", 0, AF_UNSPEC))
        listening = coap_new_endpoint(underlay.coap, &stack, COAP_PROTO_UDP);
    if (underlay.session)
        stack = *coap_session_get_addr_local(underlay.session);
    else if (listening) /* 127.0.0.1:40000 UDP */
        coap_address_set_port(&stack, (uint16_t)strtoul(strchr(coap_endpoint_str(listening), ':') + 1, NULL, 10));
    return underlay.session || listening;
}

int underlay_open(const coap_address_t *address, int is_client)
{
    coap_address_t server = {.size = sizeof server.addr};

    coap_startup();
    coap_set_log_level(COAP_LOG_EMERG);
    family = address->addr.sa.sa_family;
    network = socket(family, SOCK_DGRAM, 0);
    loopback = socket(AF_INET, SOCK_DGRAM, 0);
    address_read(&own, "0.0.0.0", 0, AF_UNSPEC); /* 127.0.0.0/8 is a part of that */
    if ((is_client ? connect : bind)(network, &address->addr.sa, address->size) != 0 ||
        (is_client ? getpeername : getsockname)(network, &server.addr.sa, &server.size) != 0 ||
        bind(loopback, &own.addr.sa, own.size) != 0 || getsockname(loopback, &own.addr.sa, &own.size) != 0 ||
        setsockopt(loopback, IPPROTO_IP, IP_PKTINFO, &(int){1}, sizeof(int)) != 0)
        return 0;
    others[0].address_len = (uint32_t)address_write(&server, underlay.address, NULL);
    memcpy(others[0].address, underlay.address, sizeof underlay.address);
    return open_coap(is_client);
}

void underlay_close(void)
{
    CHECK(lake_endpoint_free(underlay.endpoint));
    coap_session_release(underlay.session);
    coap_free_context(underlay.coap);
    coap_cleanup();
}
