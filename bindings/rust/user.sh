#!/bin/sh
# user.sh <build folder>: the crate as a user has it: the package, what the README says to
# write, and its first program, with each way to get liblake.
set -eu

build=$(realpath "$1")
cd "$(dirname "$0")"
. ./environment.sh
unset LAKE_LIB_DIR LD_LIBRARY_PATH
links=$build/rust/links
mkdir -p "$links"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# block <language> <number>: a code block of the README; without the lines that rustdoc hides.
block() {
    awk -v start="\`\`\`$1" -v number="$2" '
        /^```/ { open = !open; inside = open && $0 == start && ++n == number; next } inside && !/^# /' lake/README.md
}
user=$links/user
mkdir -p "$user/src"
cargo --locked package -q --allow-dirty --no-verify -p liblake-sys
rm -rf "$user/lake" "$user/lake-sys" "$links"/liblake-sys-*
tar -xzf "$build"/rust/package/liblake-sys-*.crate -C "$links"
for file in LICENSE THIRD-PARTY source/capi/shim.c; do
    [ -s "$(echo "$links"/liblake-sys-*)/$file" ] || fail "the package has no $file"
done
mv "$links"/liblake-sys-* "$user/lake-sys"
cp -rLp lake "$user/lake"
{
    echo 'fn main() -> Result<(), lake::Error> {'
    block "" 1
    echo 'println!("the keys agree"); Ok(()) }'
} >"$user/src/main.rs"
# user_runs <sed script for the lines that the README says to write>
user_runs() {
    {
        printf '[package]\nname = "user"\nedition = "2021"\n\n'
        block toml 1 | sed "$1"
        printf '\n[patch.crates-io]\nliblake = { path = "lake" }\nliblake-sys = { path = "lake-sys" }\n'
        printf '\n[workspace]\nmembers = ["lake", "lake-sys"]\n\n'
        sed -n '/^\[workspace.package\]/,/^$/p; /^\[workspace.lints.rust\]/,/^$/p; /^\[profile.dev\]/,/^$/p' Cargo.toml
    } >"$user/Cargo.toml"
    cp Cargo.lock "$user"
    (cd "$user" && [ "$(cargo run -q)" = "the keys agree" ]) || fail "the first program of the README does not run"
}

title "an installed liblake, shared and static"
rm -rf "$links/installed"
cmake --install "$build" --prefix "$links/installed" >/dev/null
PKG_CONFIG_PATH=$(dirname "$(find "$links/installed" -name lake.pc)")
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH LD_LIBRARY_PATH
user_runs 's/"vendored"//'
unset LD_LIBRARY_PATH # now the program has to do without liblake.so
# As below /usr, where the system's libraries are.
PKG_CONFIG_SYSROOT_DIR=$links/installed
export PKG_CONFIG_SYSROOT_DIR
user_runs 's/"vendored"/"static"/'
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR

title "liblake from the source in the published crate"
user_runs ''

title "and for another machine: what Go is told"
mkdir "$work/bin"
cat >"$work/bin/go" <<EOF
#!/bin/sh
echo "\$GOOS \$GOARCH \$GOARM \$CC" >"$work/told"
EOF
chmod +x "$work/bin/go"
told() { # told <expected> <target>: the crate itself may fail, as the standard library of that target may be missing
    rm -f "$work/told"
    (cd "$user" && PATH=$work/bin:$PATH TARGET_CC=its-gcc \
        cargo build -q -p liblake-sys --features vendored --target "$2" >/dev/null 2>&1) || true
    [ "$(cat "$work/told")" = "$1" ] || fail "for $2 Go is told: $(cat "$work/told")"
}
told "linux arm64  its-gcc" aarch64-unknown-linux-gnu
told "linux arm 7 its-gcc" armv7-unknown-linux-gnueabihf
told "linux 386  its-gcc" i686-unknown-linux-gnu
