"""The command `lake`, or `python -m lake`: see --help."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import __version__, _files, decode, diag, generate_keypair, methods, suite_info, suites, version
from ._abi import KeyKind, NameKind, PeerPolicy, Role, TextKind
from ._explain import run as run_explain
from .config import Config
from .credential import Credential, build_ccs
from .errors import LakeError
from .radio import cli as radio
from .session import Session

_TEACH = """\
EDHOC (RFC 9528) for people: make keys, look into messages, try devices.

EDHOC lets two parties who know each other's credential agree on keys, in three
or four messages. A credential is a public key with a name, here a CCS (a small
CBOR map) in a file; its private key is in another. A first session:

  lake keygen me                     makes me.key (secret) and me.ccs
  lake keygen server                 the same for the other side
  lake server --own server --peer me.ccs
  lake client coap://127.0.0.1 --own me --peer server.ccs

Keys and certificates of openssl will do, too: --own me.pem, or --own me.crt,me.key.

Nothing else at hand? `lake handshake` plays both sides and prints every message.
"""

_KINDS = {kind.name.lower(): kind for kind in KeyKind}


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="lake", description=_TEACH, formatter_class=raw)
    parser.add_argument("--version", action="version", version=f"lake {__version__}, liblake {version()}")
    commands = parser.add_subparsers(metavar="command", required=True)

    def command(name: str, what: str, more: str = "") -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=f"{what}\n\n{more}", formatter_class=raw)
        made.set_defaults(run=globals()[f"_{name}"])
        return made

    p = command("keygen", "makes a key pair", "Writes NAME.key (the private key, hex, for you only) and NAME.ccs.")
    p.add_argument("name", help="of the files, and the subject of the CCS")
    p.add_argument("--kind", choices=_KINDS, default="p256", help="kind of key (default p256: suites 2, 3, 5, 6)")
    p.add_argument("--kid", help="key identifier, hex; a short one makes short messages (default: sent by value)")

    p = command("ccs", "shows a credential, or builds a CCS of a public key", "lake ccs me.ccs, or --public-key HEX")
    p.add_argument("file", nargs="?", type=Path, help="CCS, or X.509 certificate (PEM or DER)")
    p.add_argument("--public-key", type=bytes.fromhex, help="hex; P-256 and P-384: x and y one after the other")
    p.add_argument("--kind", choices=_KINDS, default="p256")
    p.add_argument("--subject")
    p.add_argument("--kid", type=bytes.fromhex, help="hex")

    p = command("decode", "shows an EDHOC message as a tree", "Of one byte string, -m says which message it is.")
    p.add_argument("message", help="hex, with or without what CoAP puts in front; - reads it from standard input")
    p.add_argument("-m", type=int, choices=(1, 2, 3, 4), dest="number", help="number of the message")

    p = command(
        "explain",
        "tells what passed between two devices, and what went wrong",
        "Draws the exchange of a capture (pcap, pcapng) or of messages in hex, says what each byte\n"
        "is, decrypts what keys allow, and names what is wrong.",
    )
    what = "a capture or a file of hex lines, or hex; - is standard input"
    p.add_argument("input", nargs="+", metavar="CAPTURE|HEX", help=what)
    p.add_argument("--keylog", action="append", default=[], metavar="FILE", help="as Wireshark's tables; repeatable")
    p.add_argument("--own", action="append", default=[], metavar="NAME", help="of NAME.key and NAME.ccs; repeatable")
    p.add_argument("--peer", action="append", default=[], metavar="FILE", help="CCS or certificate; repeatable")
    p.add_argument("--ephemeral", action="append", default=[], metavar="HEX", help="ephemeral private key; repeatable")
    p.add_argument("--json", action="store_true", help="JSON, for programs")
    p.add_argument("--values", action="store_true", help="shows the values of the key schedule, which are secret")

    p = command("handshake", "plays both sides and prints every message with its size")
    _run_options(p)
    p.add_argument("--message-4", action="store_true", help="with message_4")
    p.add_argument("--by-value", action="store_true", help="sends credentials by value, not by kid")
    _keylog_option(p)
    p.add_argument("--insecure-secrets", action="store_true", help="prints the secrets that come out, too")

    p = command(
        "client",
        "runs EDHOC with a device over CoAP, then gets a resource with OSCORE",
        "Prints a trace of what happened. Needs the extra liblake[coap].",
    )
    p.add_argument("uri", help="coap://host[:port]")
    _coap_options(p)
    p.add_argument("--path", default="hello", help="the resource (default hello; empty: none)")
    p.add_argument("--combined", action="store_true", help="sends message_3 with the request (RFC 9668)")
    p.add_argument("--reverse", action="store_true", help="is the Responder: the server sends message_1")
    p.add_argument("--discover", action="store_true", help="asks /.well-known/core where EDHOC is and what it takes")
    p.add_argument(
        "--expect",
        action="append",
        default=[],
        type=_name,
        metavar="KIND:NAME",
        help=f"who the server is; one of {', '.join(kind.name.lower() for kind in NameKind)}; repeatable",
    )
    p.add_argument("--timeout", type=float, default=30, help="seconds (default 30)")

    p = command(
        "server",
        "waits for devices over CoAP: EDHOC, and /hello behind OSCORE",
        "Prints each message and run. Ends with Control-C, or when standard input does with --until-eof.",
    )
    _coap_options(p)
    p.add_argument("--reverse", action="store_true", help="is the Initiator, too: for clients with --reverse")
    p.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1)")
    p.add_argument("--port", type=int, default=5683, help="0: a free one, which is printed (default 5683)")
    p.add_argument("--no-echo", action="store_true", help="for clients that do not know the Echo option")
    p.add_argument("--until-eof", action="store_true", help="ends when standard input ends")

    p = command(
        "test",
        "tries whether a device does what RFC 9528 demands, test by test",
        "Of a device that is a server: lake test coap://192.0.2.1 --own me --peer device.ccs\n"
        "Of one that is a client: lake test --listen coap://0.0.0.0 --own me --peer device.ccs -- start-the-device\n"
        "Ends with 1 if something that is demanded was not done. Needs the extra liblake[coap].",
    )
    _test_options(p)

    radio.add(command("radio", "what a handshake costs on LoRaWAN, 6TiSCH and NB-IoT", radio.ABOUT))
    return parser


def _run_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--method", type=int, choices=methods()[:4], default=3, help="0 to 3 (default 3: static keys)")
    p.add_argument("--suite", type=int, choices=suites(), default=2, help="cipher suite (default 2)")


def _name(text: str) -> tuple[NameKind, str]:
    kind, colon, name = text.partition(":")
    if not colon or kind.upper() not in NameKind.__members__:
        raise argparse.ArgumentTypeError(f"{text!r} is not a name such as dns:server.example")
    return NameKind[kind.upper()], name


def _coap_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--method", type=_numbers(methods()[:4]), default=[3], metavar="L", help="list, such as 3,0 (3)")
    p.add_argument(
        "--suite", type=_numbers(suites()), default=[2], metavar="L", help="list, the preferred one first, as 2,3 (2)"
    )
    p.add_argument(
        "--own", action="append", required=True, metavar="NAME",
        help="of NAME.ccs and NAME.key; or FILE,KEYFILE; or a FILE in PEM that has both; repeatable",
    )  # fmt: skip
    p.add_argument("--by-value", action="store_true", help="sends the own credential itself, not a reference")
    _trust_options(p)
    _keylog_option(p)
    p.add_argument("--insecure-secrets", action="store_true", help="the trace shows secrets, too")


def _numbers(known: Sequence[int]) -> Callable[[str], list[int]]:
    def numbers(text: str) -> list[int]:
        listed = [int(item) if item.isdecimal() else -1 for item in text.split(",")]
        if not set(listed) <= set(known):
            raise argparse.ArgumentTypeError(f"{text!r} is not a list of {', '.join(map(str, known))}")
        return listed

    return numbers


def _keylog_option(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "--keylog", type=Path, metavar="FILE", default=os.environ.get("LAKEKEYLOGFILE") or None,
        help="appends the secrets of runs, for Wireshark: who has it reads all (default: LAKEKEYLOGFILE)",
    )  # fmt: skip


def _test_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("device", nargs="*", help="coap://host[:port] of a server; with --listen what starts a client")
    p.add_argument("--listen", metavar="URI", help="where to wait for a device that is a client, such as coap://[::]")
    _credential_options(p, required=False)
    p.add_argument("--path", default="", help="a resource of the device that is for OSCORE only (default: none)")
    p.add_argument("--edhoc", default=".well-known/edhoc", help="its EDHOC resource (default .well-known/edhoc)")
    p.add_argument("--only", default="", metavar="TEXT", help="tests whose group or name has this in it")
    p.add_argument("--list", action="store_true", help="says what the tests are, and does none")
    p.add_argument("--verbose", action="store_true", help="shows all tests and messages")
    p.add_argument("--junit", type=Path, metavar="FILE", help="writes a report as JUnit XML")
    p.add_argument("--html", type=Path, metavar="FILE", help="writes a report as a page")


def _credential_options(p: argparse.ArgumentParser, *, required: bool = True) -> None:
    _run_options(p)
    p.add_argument("--own", required=required, help="NAME of NAME.ccs and NAME.key; or FILE,KEYFILE")
    _trust_options(p)


def _trust_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--peer", action="append", default=[], type=Path, help="CCS or certificate to trust; repeatable")
    p.add_argument("--anchor", action="append", default=[], type=Path, help="certificate of an authority; repeatable")
    p.add_argument("--any-peer-insecure", action="store_true", help="trusts whoever sends a credential by value")
    p.add_argument("--message-4", action="store_true", help="message_4 is required")


# --- Commands -------------------------------------------------------------------------


def _keygen(args: argparse.Namespace) -> None:
    private, public = generate_keypair(_KINDS[args.kind])
    kid = None if args.kid is None else bytes.fromhex(args.kid)
    ccs = build_ccs(_KINDS[args.kind], public, subject=Path(args.name).name, kid=kid)
    descriptor = os.open(f"{args.name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        file.write(private.hex() + "\n")
    Path(f"{args.name}.ccs").write_bytes(ccs)
    print(f"{args.name}.key: {len(private)} bytes, secret\n{args.name}.ccs: {len(ccs)} bytes\n{diag(ccs)}")


def _ccs(args: argparse.Namespace) -> None:
    if args.public_key is not None:
        ccs = build_ccs(_KINDS[args.kind], args.public_key, subject=args.subject, kid=args.kid)
        print(ccs.hex())
        return
    if args.file is None:
        raise SystemExit("lake ccs: a file or --public-key is needed")
    credential = _files.credential(args.file)
    print(f"{credential.text(TextKind.DESCRIPTION)}\nID_CRED {diag(credential.id_cred)}\nCRED {diag(credential.cred)}")


def _decode(args: argparse.Namespace) -> None:
    text = sys.stdin.read() if args.message == "-" else args.message
    print(decode(bytes.fromhex("".join(text.split()).removeprefix("0x")), args.number))


def _explain(args: argparse.Namespace) -> int:
    options = [f"-{name}" for name in ("json", "values") if getattr(args, name)]
    for name in ("keylog", "own", "peer", "ephemeral"):
        options += [f"-{name}={value}" for value in getattr(args, name)]
    return run_explain([*options, "--", *args.input])


def _handshake(args: argparse.Namespace) -> None:
    info = suite_info(args.suite)
    signs = {Role.INITIATOR: args.method in (0, 1), Role.RESPONDER: args.method in (0, 2)}
    own = {}
    for role in Role:
        kind = info.signature_key if signs[role] else info.curve
        kid = None if args.by_value else bytes([0x20 + role])
        own[role] = Credential.generate(kind, subject=role.name.lower(), kid=kid)
    configs = {
        role: Config(
            own=[own[role]], peers=[own[Role(3 - role)]],
            methods=[args.method], suites=[args.suite], message_4=args.message_4,
            keylog=args.keylog if role is Role.INITIATOR else None,
        )
        for role in Role
    }  # fmt: skip
    side = {role: Session(configs[role], role) for role in Role}
    sender, out, sizes = Role.INITIATOR, side[Role.INITIATOR].step(), []
    while out:
        sizes.append(len(out))
        print(f"{sender.name.capitalize()}:", decode(out, len(sizes), args.suite))
        sender = Role(3 - sender)
        out = side[sender].step(out)
    print(f"\n{' + '.join(map(str, sizes))} = {sum(sizes)} bytes\n")
    for role in Role:
        print(side[role].trace(insecure_secrets=args.insecure_secrets), end="\n\n")


def _radio(args: argparse.Namespace) -> None:
    radio.run(args)


def _trust(args: argparse.Namespace, *, any_peer: bool) -> dict[str, Any]:
    policy = PeerPolicy.X509 if args.anchor else None
    return {
        "trust_anchors": [_files.credential(path) for path in args.anchor],
        "policy": PeerPolicy.ANY_INSECURE if args.any_peer_insecure else policy,
        "any_peer": any_peer,
    }


def _config(args: argparse.Namespace) -> Config:
    if not (args.peer or args.anchor or args.any_peer_insecure):
        raise ValueError("nobody is trusted: name peers with --peer FILE, or an authority with --anchor FILE")
    return Config(
        own=[_files.own(name, by_value=args.by_value) for name in args.own],
        peers=map(_files.credential, args.peer), methods=args.method, suites=args.suite,
        message_4=args.message_4, keylog=args.keylog, **_trust(args, any_peer=args.run is _server),
    )  # fmt: skip


def _client(args: argparse.Namespace) -> None:
    from .aiocoap import Client

    role = Role.RESPONDER if args.reverse else Role.INITIATOR
    combined = args.combined and bool(args.path)
    client = Client(args.uri, _config(args), role, combined=combined, discover=args.discover, expect=args.expect)

    async def run() -> None:
        async with client:
            await client.handshake()
            if args.path:
                print((await client.get(args.path)).decode(errors="replace"))

    try:
        asyncio.run(asyncio.wait_for(run(), args.timeout))
    finally:
        print(client.trace(insecure_secrets=args.insecure_secrets), file=sys.stderr)


def _server(args: argparse.Namespace) -> None:
    from .aiocoap import Server
    from .coap import Event, Incoming, Limits, Outgoing

    config = _config(args)

    def exchanged(request: Incoming, answer: Outgoing) -> None:
        for what, payload in (("Received", request.payload), ("Sent", answer.payload)):
            if payload:
                print(f"{what}: {decode(bytes(payload))}", file=sys.stderr)

    def happened(event: Event) -> None:
        if event.session:
            print(event.session.trace(insecure_secrets=args.insecure_secrets), file=sys.stderr)
        else:
            print(f"The run has failed: {event.text}", file=sys.stderr)

    async def run() -> None:
        reverse = config if args.reverse else None
        limits = Limits(no_echo=args.no_echo)
        server = Server(config, initiator=reverse, on_event=happened, on_exchange=exchanged, limits=limits)
        await server.start(args.host, args.port)
        print(f"EDHOC at {server.uri}/.well-known/edhoc", flush=True)
        try:
            if args.until_eof:
                await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
            else:
                await asyncio.Event().wait()
        finally:
            await server.close()

    with suppress(KeyboardInterrupt):
        asyncio.run(run())


def _test(args: argparse.Namespace) -> int:
    from .conformance import Target
    from .conformance.cli import run

    def target(uri: str) -> Target:
        return Target(
            uri, own=[_files.own(args.own)], peers=[_files.credential(path) for path in args.peer],
            method=args.method, suite=args.suite, path=args.path, message_4=args.message_4, edhoc=args.edhoc,
            settings=_trust(args, any_peer=True),
        )  # fmt: skip

    if not args.own and not args.list:
        raise ValueError("--own is needed: a credential that the device trusts")
    return run(args, target)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; gives its exit code.

    >>> from lake.__main__ import main
    >>> main(['decode', '0202'])
    error message, 2 bytes
      ERR_CODE  2 (wrong selected cipher suite)
      SUITES_R  2
    0
    """
    args = _parser().parse_args(argv)
    try:
        status: int | None = args.run(args)
    except (LakeError, OSError, ValueError, ImportError, TimeoutError, asyncio.TimeoutError) as error:
        print(f"lake: {str(error) or type(error).__name__}", file=sys.stderr)
        return 1
    return status or 0


if __name__ == "__main__":
    raise SystemExit(main())
