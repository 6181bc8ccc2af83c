#include "request.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct answer answer;

static const coap_session_t *asked; /* each has the same tokens */
static uint8_t token[8];
static size_t token_len;

static size_t option(const coap_pdu_t *pdu, coap_option_num_t number, uint8_t value[OPTION_MAX])
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *found = coap_check_option(pdu, number, &iterator);

    if (!found || coap_opt_length(found) > OPTION_MAX)
        return 0;
    memcpy(value, coap_opt_value(found), coap_opt_length(found));
    return coap_opt_length(found);
}

static coap_response_t on_response(coap_session_t *session, const coap_pdu_t *sent, const coap_pdu_t *received,
                                   const coap_mid_t mid)
{
    const coap_bin_const_t its = coap_pdu_get_token(received);
    coap_opt_iterator_t iterator;
    const coap_opt_t *format = coap_check_option(received, COAP_OPTION_CONTENT_FORMAT, &iterator);
    const uint8_t *data;
    size_t len, offset, total;

    (void)sent, (void)mid;
    if (session != asked || its.length != token_len || memcmp(its.s, token, token_len) != 0)
        return COAP_RESPONSE_OK; /* too late */
    if (!coap_get_data_large(received, &len, &data, &offset, &total))
        len = 0;
    if (len > ANSWER_MAX)
        return COAP_RESPONSE_FAIL;
    if (len > 0)
        memcpy(answer.payload, data, len);
    answer.payload_len = len;
    answer.format = format ? (int32_t)coap_decode_var_bytes(coap_opt_value(format), coap_opt_length(format)) : -1;
    answer.echo_len = option(received, COAP_OPTION_ECHO, answer.echo);
    answer.etag_len = option(received, COAP_OPTION_ETAG, answer.etag);
    answer.code = (int)coap_pdu_get_code(received);
    answer.count++;
    return COAP_RESPONSE_OK;
}

static void on_nack(coap_session_t *session, const coap_pdu_t *sent, const coap_nack_reason_t reason,
                    const coap_mid_t mid)
{
    (void)sent, (void)mid;
    if (session != asked)
        return;
    answer.lost = 1;
    answer.unreachable = reason == COAP_NACK_ICMP_ISSUE || reason == COAP_NACK_NOT_DELIVERABLE;
}

void request_init(coap_context_t *context)
{
    coap_register_response_handler(context, on_response);
    coap_register_nack_handler(context, on_nack);
}

coap_pdu_t *request_new(coap_session_t *session, coap_pdu_code_t method, const char *path)
{
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON, method, session);

    answer.code = answer.lost = answer.unreachable = answer.count = 0;
    asked = session;
    coap_session_new_token(session, &token_len, token);
    coap_add_token(pdu, token_len, token);
    for (size_t len; *path; path += len + (path[len] == '/')) {
        len = strcspn(path, "/");
        if (len > 0)
            coap_add_option(pdu, COAP_OPTION_URI_PATH, len, (const uint8_t *)path);
    }
    return pdu;
}

int request_wait(int count, void (*turn)(int milliseconds), int seconds)
{
    coap_tick_t now, end;

    coap_ticks(&now);
    end = now + (coap_tick_t)seconds * COAP_TICKS_PER_SECOND;
    while (answer.count < count && !answer.lost && now < end) {
        turn(100);
        coap_ticks(&now);
    }
    return answer.count >= count;
}

int request_ask(coap_session_t *session, coap_pdu_t *request, void (*turn)(int milliseconds), int seconds)
{
    coap_send(session, request);
    return request_wait(1, turn, seconds);
}

int request_failed(const char *method, const char *path)
{
    if (answer.code == 0)
        printf("failed: %s\n", answer.unreachable ? "nobody listens on this address and port" : "no answer");
    else
        printf("failed: the server answered %d.%02d to %s %s\n", answer.code >> 5, answer.code & 0x1f, method, path);
    return 0;
}

void request_print(void)
{
    printf("<- ");
    for (size_t i = 0; i < answer.payload_len; i++)
        putchar(isprint(answer.payload[i]) ? answer.payload[i] : '?');
    putchar('\n');
}
