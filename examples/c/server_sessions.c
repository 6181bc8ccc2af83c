#include "server_sessions.h"

#include <stddef.h>

enum { SESSIONS_MAX = 128 };

static coap_session_t *kept[SESSIONS_MAX];
static int oldest;

static void release(coap_session_t **session)
{
    if (*session)
        coap_session_release(*session);
    *session = NULL;
}

static int on_event(coap_session_t *session, const coap_event_t event)
{
    if (event == COAP_EVENT_SERVER_SESSION_NEW) {
        release(&kept[oldest]);
        kept[oldest] = coap_session_reference(session);
        oldest = (oldest + 1) % SESSIONS_MAX;
    }
    return 0;
}

void sessions_keep(coap_context_t *context)
{
    coap_context_set_session_timeout(context, 1);
    coap_context_set_max_idle_sessions(context, SESSIONS_MAX);
    coap_register_event_handler(context, on_event);
}

void sessions_give_up(const coap_session_t *session)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (kept[i] == session)
            release(&kept[i]);
}

void sessions_clear(void)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        release(&kept[i]);
}
