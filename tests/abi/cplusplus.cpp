// A handshake in C++: lake.h as C++ reads it, handles that free themselves, a
// callback that is a lambda.
#include <cstdint>
#include <memory>
#include <vector>

#include "lake.h"

extern "C" {
#include "fixture.h"
}

namespace {

struct Free {
    void operator()(lake_session *session) const { lake_session_free(session); }
    void operator()(lake_credential *credential) const { lake_credential_free(credential); }
};
using Session = std::unique_ptr<lake_session, Free>;
using Credential = std::unique_ptr<lake_credential, Free>;
using Bytes = std::vector<std::uint8_t>;

Session open(lake_config *config, std::int32_t role)
{
    lake_session *session = nullptr;
    OK(lake_session_new(config, role, &session));
    return Session(session);
}

Bytes step(const Session &session, const Bytes &in)
{
    std::size_t size = 0;
    lake_status status = lake_session_step(session.get(), in.data(), in.size(), nullptr, 0, &size);
    if (status == LAKE_OK) return {}; // nothing to send
    CHECK_STATUS(LAKE_ERR_BUFFER_TOO_SMALL, status);
    Bytes out(size);
    OK(lake_session_step(session.get(), nullptr, 0, out.data(), out.size(), &size));
    return out;
}

bool complete(const Session &session)
{
    std::int32_t complete = 0;
    complete = info_of(session.get()).is_complete;
    return complete == 1;
}

void handshake(std::int32_t method)
{
    peers p;
    int asked = 0;
    peers_make(&p, method, 2);
    auto count = [](void *userdata, lake_session *, std::int32_t, std::int64_t label, const std::uint8_t *value,
                    std::size_t) -> lake_status {
        ++*static_cast<int *>(userdata);
        return label == 9 && value == nullptr ? LAKE_OK : LAKE_ERR_NOT_FOUND;
    };
    OK(lake_config_set_ead_callback(p.config_r, count, &asked, NULL));
    Session initiator = open(p.config_i, LAKE_INITIATOR), responder = open(p.config_r, LAKE_RESPONDER);
    OK(lake_session_ead_add(initiator.get(), 3, 9, nullptr, 0));

    Bytes message;
    while (!complete(initiator) || !complete(responder)) {
        message = step(initiator, message);
        message = step(responder, message);
    }
    CHECK_INT(1, asked);

    lake_oscore_context a{}, b{};
    a.struct_size = b.struct_size = sizeof a;
    OK(lake_session_oscore_context(initiator.get(), &a));
    OK(lake_session_oscore_context(responder.get(), &b));
    CHECK_BYTES(a.master_secret, a.master_secret_len, b.master_secret, b.master_secret_len);

    lake_credential *peer = nullptr;
    OK(lake_session_peer_credential(initiator.get(), &peer));
    Credential owned(peer);
    std::int32_t kind = 0;
    OK(kind_of(owned.get(), &kind));
    CHECK_INT(LAKE_CREDENTIAL_CCS, kind);
    peers_free(&p);
}

// Garbage gives a status, not an exception and not a crash.
void garbage()
{
    peers p;
    peers_make(&p, 3, 2);
    Session responder = open(p.config_r, LAKE_RESPONDER);
    const Bytes junk(100, 0xff);
    Bytes out(128);
    std::size_t size = 0;
    CHECK_STATUS(LAKE_ERR_MALFORMED,
                 lake_session_step(responder.get(), junk.data(), junk.size(), out.data(), out.size(), &size));
    CHECK(size > 0 && !complete(responder));
    CHECK_STATUS(LAKE_ERR_STATE,
                 lake_session_step(responder.get(), junk.data(), junk.size(), out.data(), out.size(), &size));
    CHECK_STATUS(LAKE_ERR_STATE, lake_session_complete_without_message_4(responder.get()));
    peers_free(&p);
}

} // namespace

int main()
{
    for (std::int32_t method = 0; method < 4; method++) handshake(method);
    garbage();
    CHECK_INT(0, lake_live_handles());
    return 0;
}
