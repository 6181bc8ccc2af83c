#!/bin/sh
# test.sh <build folder> [pictures]: tests the page in headless Chromium, which `make page`
# has made in the build folder, or takes the pictures of it in docs/testers. The browser is chromium-headless-shell or chromium
# of the system, or Debian's package, unpacked in the build folder.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")"
test -e "$build/page/lake.html" || { echo "page: there is no $build/page/lake.html: run make page" >&2; exit 1; }

# --- The environment, made anew when requirements change ---------------------------

venv=$build/page-venv
wanted="$(python3 --version) $(cksum requirements.txt)"
if [ "$(cat "$venv/made-of" 2>/dev/null)" != "$wanted" ]; then
    echo "page: making $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check --no-deps -r requirements.txt
    echo "$wanted" >"$venv/made-of"
fi

# --- The browser ---------------------------------------------------------------------

browser=$(command -v chromium-headless-shell || command -v chromium || true)
root=$build/browser
if [ -z "$browser" ]; then
    browser=$root/usr/lib/chromium/chromium-headless-shell
    if [ ! -x "$browser" ]; then
        echo "page: fetching chromium-headless-shell"
        mkdir -p "$root/packages"
        packages=$(apt-get install -s --no-install-recommends chromium-headless-shell | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
        # shellcheck disable=SC2086 # a list
        (cd "$root/packages" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download $packages)
        for package in "$root"/packages/*.deb; do dpkg -x "$package" "$root"; done
        rm -r "$root/packages"
    fi
    library=$(dirname "$(find "$root/usr/lib" -name 'libminizip.so*' | head -n 1)")
    LD_LIBRARY_PATH=$library
    export LD_LIBRARY_PATH
fi

export LAKE_PAGE="$build/page/lake.html" LAKE_BROWSER="$browser" PYTHONDONTWRITEBYTECODE=1
if [ "${2:-}" = pictures ]; then
    exec "$venv/bin/python" pictures.py ../../../docs/testers
fi
"$venv/bin/python" -m pytest -q -p no:cacheprovider .
