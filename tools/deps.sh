#!/bin/sh
# deps.sh [build | demo | test]: installs what liblake needs, on Debian 12 and 13: to be
# built (make), for make demo, or for make test, which is all and what it does if nothing
# is named. What is there already is left alone: then this takes a moment and needs no root.
set -eu

cd "$(dirname "$0")/.."
fail() { echo "deps: $*" >&2; exit 1; }
case ${1-test} in
build) demo=false test=false ;;
demo) demo=true test=false ;;
test) demo=true test=true ;;
*) fail "usage: deps.sh [build | demo | test]" ;;
esac
has() { command -v "$1" >/dev/null 2>&1; }

# --- What is missing -----------------------------------------------------------

missing=
need() { # package, then a command that succeeds if it is there
    package=$1
    shift
    "$@" >/dev/null 2>&1 || missing="$missing $package"
}
compiles() { echo "#include <$1>" | cc -E -x c -; }

need gcc has gcc
need libc6-dev compiles stdlib.h
need make has make
need cmake has cmake
need ca-certificates test -e /etc/ssl/certs/ca-certificates.crt # Go's modules, and a newer Go
if grep -q '^VERSION_CODENAME=bookworm' /etc/os-release; then bookworm=true; else bookworm=false; fi
# Debian 12 takes Go and libcoap from Debian 13, whose signing key an old keyring lacks.
! $bookworm || need debian-archive-keyring test -e /usr/share/keyrings/debian-archive-trixie-automatic.gpg

if $demo; then
    need pkg-config has pkg-config
    need libssl-dev compiles openssl/ssl.h
    need openssl has openssl # makes certificates
    need libcoap3-bin sh -c 'command -v coap-client || command -v coap-client-notls || command -v coap-client-openssl' # behind lake-tunnel
    # Debian 12's has no OSCORE: CMake fetches Debian 13's.
    $bookworm || need libcoap3-dev compiles coap3/coap.h
fi

if $test; then
    need g++ has g++
    need clang has clang++ # capi/abi/gen, tests/abi/header.sh
    need clang-tidy has clang-tidy # tests/abi/tidy.sh
    need musl-tools has musl-gcc # tests/musl
    need gcc-multilib sh -c 'echo "#include <errno.h>" | cc -m32 -E -x c -' # tests/i386; errno.h asks for the kernel's, too
    need libp11-kit-dev pkg-config --exists p11-kit-1 # examples/c/pkcs11_token.h
    need softhsm2 has softhsm2-util # the token in tests
    need tshark has tshark # tests/network/capture; and text2pcap, the tests of the bindings
    need redis-server has redis-server # examples/python/test_fleet.py starts its own
    need python3 has python3
    need python3-venv python3 -c 'import ensurepip, venv' # the tests of bindings/python
    # bindings/rust/bindgen makes bindings with it; a file of any version will do
    need libclang1 sh -c 'ls /usr/lib/llvm-*/lib/libclang[-.]*so* /usr/lib/*/libclang[-.]*so* | grep -q .'
fi

# bindings/rust: Debian has a Rust that is new enough under other names, for its web
# browsers.
rust_needed=$(sed -n 's/^rust-version = "\([0-9.]*\)".*/\1/p' bindings/rust/examples/Cargo.toml)
rust_packages='cargo-web rustc-web rustfmt-web rust-web-clippy'
rust_version() { (cd / && rustc --version 2>/dev/null) | sed 's/^rustc //; s/[^0-9.].*//'; }
rust_missing() {
    ! has cargo || ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1 ||
        ! at_least "$rust_needed" "$(rust_version)"
}

# From 1.21 on, Go fetches the version that go.mod asks for through its module
# proxy (GOTOOLCHAIN=auto); older ones cannot. Debian's package of that very version is
# not in PATH (the Makefile looks there, too), and saves 300 MB. What it has is linked
# statically: that of Debian 13's backports runs on Debian 12, too.
go_needed=$(sed -n 's/^go //p' go.mod)
go_minor=${go_needed%.*}
PATH=$PATH:/usr/lib/go-$go_minor/bin
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; } # 1.21 1.23.5
# GOTOOLCHAIN=local: what is installed, not what it would fetch.
go_version() { (cd / && GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) | sed 's/^go//; s/[^0-9.].*//'; }
go_missing() { ! has go || ! at_least 1.21 "$(go_version)"; }

if $test && rust_missing; then
    case $(command -v rustc || true) in
    '' | /usr/bin/rustc) missing="$missing $rust_packages" ;;
    *) fail "$(command -v rustc) is Rust $(rust_version), and $rust_needed with rustfmt and clippy is needed: \
update it (rustup update; rustup component add rustfmt clippy), or take it out of PATH." ;;
    esac
fi

# --- Install it ----------------------------------------------------------------

if [ -n "$missing" ] || go_missing; then
    if go_missing; then missing="$missing golang-go"; fi
    has apt-get || fail "please install (there is no apt-get to do it with):$missing."
    if [ "$(id -u)" -eq 0 ]; then
        sudo=
    elif has sudo; then
        sudo=sudo
    else
        fail "please run this as root, or install as root:$missing."
    fi
    echo "deps: installing$missing"
    apt() {
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o APT::Keep-Downloaded-Packages=false "$@"
    }
    apt -qq update
    packages=$(echo "$missing" | sed 's/ golang-go//')
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086 # a list
        apt -qq -y --no-install-recommends install $packages
    fi
    if go_missing; then
        case $(command -v go || true) in
        '' | /usr/bin/go) ;;
        *) fail "$(command -v go) is Go $(go_version), too old: update it (1.21 or later), or take it out of PATH." ;;
        esac
        . /etc/os-release
        tmp=$(mktemp -d)
        trap '$sudo rm -rf "$tmp"' EXIT
        offers() { # offers <version> <package> [options]: is there one that is not older?
            at_least "$1" "$(apt-cache policy "$2" "$3" | sed -n 's/.*Candidate: \([0-9]*:\)\{0,1\}\([0-9.]*\).*/\2/p')"
        }
        install() { apt -qq -y --no-install-recommends install "$@"; }
        # Debian 12 has 1.19, Debian 13 has 1.24; the backports of the latter have newer ones.
        backports="-c=$tmp/apt.conf"
        [ "${ID:-}" = debian ] && tools/apt-suite.sh "$tmp" trixie-backports 2>"$tmp/why" || backports=
        if offers "$go_needed" "golang-$go_minor-go" --; then
            install "golang-$go_minor-go"
        elif [ -n "$backports" ] && offers "$go_needed" "golang-$go_minor-go" "$backports"; then
            install "$backports" -o Dir::State::status=/var/lib/dpkg/status "golang-$go_minor-go"
        elif offers 1.21 golang-go --; then
            install golang-go
        elif [ -n "$backports" ] && offers 1.21 golang-go "$backports"; then
            install "$backports" -o Dir::State::status=/var/lib/dpkg/status golang-go
        else
            [ -n "$backports" ] || cat "$tmp/why" >&2
            fail "Go 1.21 or later is needed, and this system's packages have none."
        fi
    fi
fi

# Asked inside the module, Go names the version it would really build with.
version=$(go env GOVERSION 2>&1) || fail "Go $go_needed is needed and could not be had: $version"
at_least "$go_needed" "${version#go}" ||
    fail "Go $go_needed is needed and this is $version: unset GOTOOLCHAIN, or update Go."
! $test || ! rust_missing || fail "Rust $rust_needed with rustfmt and clippy is needed and this is $(rust_version)."
