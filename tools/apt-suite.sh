#!/bin/sh
# apt-suite.sh <dir> <suite> [<architecture>]: a separate apt set-up for another Debian
# suite, or for another machine.
#
# Some things we build with are older in the Debian that runs than in the next
# one. This makes <dir>/apt.conf, with which `apt-get -c <dir>/apt.conf ...`
# sees <suite> and nothing else, and downloads that suite's package lists. The
# system's own sources and lists stay as they are, so it needs no root.
#
# The mirror is the one this machine already uses for Debian, and signatures are
# checked as always, with the system's Debian keyring.
set -eu

fail() { echo "apt-suite: $*" >&2; exit 1; }

[ $# -ge 2 ] || fail "usage: apt-suite.sh <dir> <suite> [<architecture>]"
suite=$2 architecture=${3:-}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

command -v apt-get >/dev/null || fail "this needs apt-get, and this system has none."
. /etc/os-release
[ "${ID:-}" = debian ] ||
    fail "this fetches packages of Debian's suite $suite, and this system is not Debian."
[ -r "$keyring" ] || fail "$keyring is missing: run 'apt-get install debian-archive-keyring' as root."

mkdir -p "$1"
dir=$(cd "$1" && pwd)
rm -rf "$dir/sources" "$dir/state"
mkdir -p "$dir/sources" "$dir/preferences" "$dir/state/lists/partial" "$dir/cache/archives/partial"
: >"$dir/status" # empty: what is installed here must not limit what can be downloaded

# apt itself reads the sources, in both formats. The main archive is the entry
# whose suite is the running release's code name (not -updates, not -security).
# --no-release-info: also on a machine whose lists were never downloaded.
apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v here="$VERSION_CODENAME" -v suite="$suite" -v keyring="$keyring" '
        ($1 == here || $1 == "stable" || $1 == "oldstable") && $2 == "main" && !seen[$3]++ {
            printf "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n", $3, suite, keyring
        }' >"$dir/sources/$suite.sources"
[ -s "$dir/sources/$suite.sources" ] ||
    fail "this machine's apt sources have no entry for Debian $VERSION_CODENAME main to take the mirror from: add one."

cat >"$dir/apt.conf" <<EOF
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$dir/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$dir/preferences";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Acquire::Retries "3";
// Only the package lists: no desktop metadata, no translations.
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear Acquire::Languages;
Acquire::Languages "none";
// These would act on the system.
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
EOF
[ -z "$architecture" ] || cat >>"$dir/apt.conf" <<EOF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
EOF
# Root's apt would step down to the user _apt, who often cannot enter a build folder.
[ "$(id -u)" -ne 0 ] || echo 'APT::Sandbox::User "root";' >>"$dir/apt.conf"

# A source that is not Debian's fails here on its signature and is left out by
# apt; what counts is that one source remains.
apt-get -c "$dir/apt.conf" update >"$dir/update.log" 2>&1 || true
if ! ls "$dir"/state/lists/*_Packages* >/dev/null 2>&1; then
    cat "$dir/update.log" >&2
    ! grep -q NO_PUBKEY "$dir/update.log" ||
        fail "the system's keyring does not know the key of $suite: run 'apt-get update && apt-get install debian-archive-keyring' as root."
    fail "the package lists of $suite could not be fetched: see apt's messages above."
fi
