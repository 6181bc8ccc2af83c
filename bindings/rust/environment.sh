# environment.sh: what the tests of the crates have in common. Takes build, the build folder.
#
# One target folder, one choice of packages and features, and one set of flags: else each
# would build anew what the other has built.
unset LD_LIBRARY_PATH PKG_CONFIG_PATH
crates="--workspace --exclude lake-vectors" # which wants a liblake that is made for it
export CARGO_TARGET_DIR="$build/rust" LAKE_LIB_DIR="$build" LD_LIBRARY_PATH="$build"

# Clippy is the compiler of our own crates: `cargo clippy` would have all others compiled
# once more, for it alone.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver RUSTFLAGS=-Dwarnings RUSTDOCFLAGS=-Dwarnings

fail() { echo "rust: $*" >&2; exit 1; }
title() { echo "rust: $*"; }
# tests_in <folder>: cargo's options for the tests that are there
tests_in() {
    for file in "$1"/tests/*.rs; do
        echo "--test $(basename "$file" .rs)"
    done
}
