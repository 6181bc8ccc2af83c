"""The messages that the figures of lake.radio are of: sizes that others have published, and SCHC as in its RFCs."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from microschc.binary.buffer import Buffer, Padding
from microschc.compressor.compressor import compress as microschc_compress
from microschc.parser.parser import PacketParser
from microschc.protocol.coap import CoAPParser
from microschc.protocol.ipv6 import IPv6Parser
from microschc.protocol.udp import UDPParser
from microschc.rfc8724 import CompressionDecompressionAction as Action
from microschc.rfc8724 import DirectionIndicator as Direction
from microschc.rfc8724 import MatchingOperator, RuleDescriptor, RuleFieldDescriptor

import lake
from lake.radio import CREDENTIALS, Variant, handshake
from lake.radio.coap import Packet
from lake.radio.schc import (
    Rule,
    compress,
    compress_inner,
    downlink_fragments,
    frames,
    uplink_fragments,
)

# draft-ietf-iotops-security-protocol-comparison-08, and the vector of the EDHOC-PSK draft -10.
PUBLISHED = {
    Variant.of(0, "x5t"): (37, 115, 90),
    Variant.of(0, "kid"): (37, 102, 77),
    Variant.of(3, "x5t"): (37, 58, 33),
    Variant.of(3, "kid"): (37, 45, 19),
    Variant.of(4, "psk"): (37, 35, 11),
}


@pytest.mark.parametrize(("variant", "sizes"), PUBLISHED.items(), ids=lambda x: getattr(x, "name", ""))
def test_r26_published_sizes(variant: Variant, sizes: tuple[int, ...]) -> None:
    assert handshake(variant).sizes == sizes
    assert handshake(variant).message_4 == 9


def test_coap_around_edhoc_is_as_published() -> None:
    """12, 5 and 12 bytes around message_1 to message_3, 1 byte in the combined request; the comparison again."""
    made = handshake(Variant())
    message_1, message_2, message_3 = made.sizes
    forward = {datagram.what: len(datagram.smallest) for datagram in made.datagrams(combined=False)}
    assert forward["message_1"] == message_1 + 12
    assert forward["message_2"] == message_2 + 5
    assert forward["message_3"] == message_3 + 12
    combined = {datagram.what: len(datagram.smallest) for datagram in made.datagrams()}
    assert combined["message_3 and request"] == forward["request"] + message_3 + 1


@pytest.mark.parametrize("suite", lake.suites())
def test_every_method_and_suite_has_the_size_of_its_parts(suite: int) -> None:
    """RFC 9528 sections 5.2 to 5.4, item by item."""
    info = lake.suite_info(suite)

    def text(size: int) -> int:
        return size + (1 if size < 24 else 2)  # a byte string

    suites_i = 1 if suite < 24 else 2
    for method in range(4):
        for credential, named in (("kid", 1), ("x5t", 14)):
            made = handshake(Variant.of(method, credential, suite)).sizes
            proof_2, proof_3 = (
                text(info.signature_length if method in signers else info.mac_length) for signers in ((0, 2), (0, 1))
            )
            assert made == (
                1 + suites_i + text(info.public_key_length) + 1,
                text(info.public_key_length + 1 + named + proof_2),
                text(named + proof_3 + info.tag_length),
            )


def test_by_value_costs_the_credential() -> None:
    sizes = {name: handshake(Variant.of(3, name)).sizes for name in CREDENTIALS}
    assert all(a <= b for name in CREDENTIALS for a, b in zip(sizes["kid"], sizes[name], strict=True))
    assert sizes["c5c"][1] < sizes["x5chain"][1] < sizes["x5chain-2"][1]


def test_identifiers_of_other_lengths() -> None:
    one, four = (handshake(Variant(id_length=length)) for length in (1, 4))
    assert [b - a for a, b in zip(one.sizes, four.sizes, strict=True)] == [4, 4, 0], (
        "a byte string in the place of an int"
    )
    for reverse in (False, True):
        pairs = zip(
            one.datagrams(combined=False, reverse=reverse), four.datagrams(combined=False, reverse=reverse), strict=True
        )
        longer = {a.what: len(b.coap) - len(a.coap) for a, b in pairs}
        assert longer["request"] == 3, "the kid"
        assert longer["message_1"] == 4
        assert longer["message_2"] == (8 if reverse else 4), "where it is a request, C_I stands in front"


@pytest.mark.parametrize("variant", [Variant.of(0, "x5chain-2"), Variant.of(4, "resumption"), Variant(suite=25)])
def test_datagrams_carry_the_messages(variant: Variant) -> None:
    made = handshake(variant)
    payloads = {datagram.what: datagram.payload for datagram in made.datagrams(combined=False)}
    assert payloads["message_1"] == made.sizes[0] + 1, "true"
    assert payloads["message_2"] == made.sizes[1]
    assert payloads["message_3"] == made.sizes[2] + 1, "C_R"
    reverse = {datagram.what: datagram.payload for datagram in made.datagrams(reverse=True)}
    assert (reverse["trigger"], reverse["message_1"], reverse["message_3"]) == (0, made.sizes[0], made.sizes[2])
    assert reverse["message_2"] == made.sizes[1] + 1, "C_I"


def test_an_amplified_answer_costs_a_round_trip_more() -> None:
    """What `Handshake.datagrams` leaves out, and says so: Echo, where message_2 is three times the request."""
    asked = {}
    for credential in ("x5t", "x5chain-2"):
        made = handshake(Variant.of(0, credential))
        config_i, config_r = made._configs[lake.Role.INITIATOR], made._configs[lake.Role.RESPONDER]
        server = lake.coap.Server(responder=config_r, on_event=print)
        request = lake.coap.Client(config_i).start()
        asked[credential] = server.handle(lake.coap.Incoming(2, request.payload, peer=b"a")).echo is not None
    assert asked == {"x5t": False, "x5chain-2": True}


@pytest.mark.parametrize(
    "given",
    [
        {"method": 5}, {"suite": 7}, {"credential_i": "x5u"}, {"credential_r": "psk"}, {"method": 4},
        {"method": 4, "credential_i": "psk", "credential_r": "resumption"}, {"id_length": 0}, {"id_length": 8},
    ],
)  # fmt: skip
def test_there_is_no_such_variant(given: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        Variant(**given)  # type: ignore[arg-type]


# --- SCHC ------------------------------------------------------------------------------

GET = bytes.fromhex("4101000182bb74656d7065726174757265")
CONTENT = bytes.fromhex("6145000182ff32332043")
OSCORE_GET = bytes.fromhex("4102000182d8080904636c69656e74ffa2c54fe1b434297b62")
OSCORE_CONTENT = bytes.fromhex("6144000182d008ff10c6d7c26cc1e9aef3f2461e0c29")


def test_rfc8824_figures() -> None:
    """The bytes of RFC 8824, figures 10, 11 and 14 to 17."""
    outer, plain = Rule(token=3, kid=4, number=0), Rule(token=3, number=1)
    assert compress(GET, plain).hex() == "0114"
    assert compress(CONTENT, plain._replace(code=1)).hex() == "010a32332043"
    assert compress(OSCORE_CONTENT, outer).hex() == "0014218daf84d983d35de7e48c3c1852"
    assert compress_inner(bytes.fromhex("01bb74656d7065726174757265")).hex() == "00"
    assert compress_inner(bytes.fromhex("45ff32332043"), code_bits=1).hex() == "001919902180"


def test_rfc8824_oscore_request() -> None:
    """Figure 14; the RFC's figures have the OSCORE option with number 21, which it had in drafts."""
    packet = Packet.decode(OSCORE_GET)
    packet = replace(packet, options=tuple((9, value) for _, value in packet.options))
    assert compress(packet.encode(), Rule(token=3, kid=4, number=0)).hex() == "001489458a9fc3686852f6c4"


@pytest.mark.parametrize(
    ("size", "fragments"),
    [
        (51, [51]),
        (58, [51, 13]),
        (77, [51, 21, 12]),
        (90, [51, 31, 15]),
        (102, [51, 51, 7]),
        (40 * 10 + 1, [51] * 8 + [6]),
    ],
)
def test_rfc9011_uplink(size: int, fragments: list[int]) -> None:
    assert uplink_fragments(size, 0) == fragments


def test_rfc9011_fragments_carry_everything() -> None:
    for dr, room in ((0, 51), (3, 115), (5, 222)):
        for size in range(1, 1500, 7):
            up = uplink_fragments(size, dr)
            assert max(up) <= room
            if len(up) > 1:
                assert sum(up) == size + len(up) + 4
                assert all((part - 1) % 10 == 0 for part in up[:-1]), "whole tiles"
            down = downlink_fragments(size, dr)
            assert max(down) <= room
            if len(down) > 1:
                assert 8 * sum(down) - 2 * len(down) - 32 >= 8 * size
                assert len(down) <= -(-(size + 4) // (room - 1)) + 1
    with pytest.raises(ValueError, match="2520"):
        uplink_fragments(2521, 0)


def test_acknowledgements() -> None:
    def made(*datagrams: tuple[bool, int]) -> list[tuple[bool, int]]:
        return [tuple(frame) for frame in frames(datagrams, 0)]  # type: ignore[misc]

    assert made((True, 39), (False, 46), (True, 21)) == [(True, 39), (False, 46), (True, 21)], "nothing is added"
    assert made((True, 60)) == [(True, 51), (True, 15), (False, 1)]
    assert made((True, 20), (False, 102)) == [
        (True, 20),
        (False, 51),
        (True, 1),
        (False, 51),
        (True, 1),
        (False, 5),
        (True, 1),
    ]
    assert made((False, 9), (False, 9)) == [(True, 0), (False, 9), (True, 0), (False, 9)], "a window for each"


def _by_microschc(coap: bytes, rule: Rule) -> bytes:
    """The datagram with headers of IPv6 and UDP, compressed by microschc with a rule that sends the same bits."""
    udp = struct.pack("!HHHH", 5683, 5683, 8 + len(coap), 0) + coap
    ip = b"\x60\0\0\0" + struct.pack("!HBB", len(udp), 17, 64) + bytes(16) + bytes(15) + b"\1"
    whole = Buffer(content=ip + udp, length=8 * len(ip + udp))
    packet = PacketParser("IPv6-UDP-CoAP", [IPv6Parser(), UDPParser(), CoAPParser()]).parse(whole)
    sent = {"CoAP:Message ID": rule.message_id, "CoAP:Token": rule.token}
    fields = []
    for field in packet.fields:
        length, bits = field.value.length, sent.get(str(field.id.value), 0)
        known = field.value[0 : length - bits] if bits else field.value
        action = (MatchingOperator.MSB, Action.LSB) if bits else (MatchingOperator.EQUAL, Action.NOT_SENT)
        fields.append(RuleFieldDescriptor(field.id, length, field.position, Direction.BIDIRECTIONAL, known, *action))
    packet.direction = Direction.UP
    made = microschc_compress(packet, RuleDescriptor(Buffer(content=b"\1", length=8), field_descriptors=fields))
    return bytes(made.pad(Padding.RIGHT).content)


def test_another_schc_agrees() -> None:
    """microschc sends the same bits, with the headers of IPv6 and UDP in front, of which nothing is sent."""
    datagrams = [datagram.smallest for datagram in handshake(Variant()).datagrams(combined=False)[:4]]
    for datagram, rule in [
        (GET, Rule(token=3, number=1)),
        (CONTENT, Rule(token=3, number=1)),
        *((d, Rule(number=1)) for d in datagrams),
    ]:
        assert compress(datagram, rule) == _by_microschc(datagram, rule)
