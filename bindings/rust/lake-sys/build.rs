//! Finds liblake, or builds it:
//!
//! 1. with the feature `vendored`, from source, by the Go toolchain;
//! 2. else in the folder `LAKE_LIB_DIR`, if that is set;
//! 3. else where pkg-config says.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=LAKE_LIB_DIR");
    println!("cargo:rerun-if-env-changed=DOCS_RS");
    if env::var_os("DOCS_RS").is_some() {
        return; // only the documentation is made there: nothing is linked
    }
    if cfg!(feature = "vendored") {
        build();
    } else if let Some(folder) = env::var_os("LAKE_LIB_DIR") {
        link(Path::new(&folder), cfg!(feature = "static"));
    } else {
        pkg_config::Config::new()
            .atleast_version(env!("CARGO_PKG_VERSION"))
            .cargo_metadata(!cfg!(feature = "static"))
            .probe("lake")
            .unwrap_or_else(|error| {
                panic!("liblake was not found. Install it, set LAKE_LIB_DIR, or use the feature `vendored`.\n{error}")
            });
        if cfg!(feature = "static") {
            // Archives below /usr are linked by the crate pkg-config as if they were not there.
            link(Path::new(&pkg_config::get_variable("lake", "libdir").expect("libdir of lake.pc")), true);
        }
    }
}

fn link(folder: &Path, statically: bool) {
    let kind = if statically { "static" } else { "dylib" };
    println!("cargo:rustc-link-search=native={}", folder.display());
    println!("cargo:rustc-link-lib={kind}=lake");
    println!("cargo:rerun-if-changed={}", folder.join(if statically { "liblake.a" } else { "liblake.so" }).display());
}

/// Builds the archive from `source/`: in a published crate a copy of liblake, in the
/// repository links to it, which Go would not follow.
fn build() {
    let source = Path::new("source/go.mod").canonicalize().expect("source/go.mod");
    let source = source.parent().expect("a folder");
    for path in ["ake", "capi", "include", "go.mod", "go.sum"] {
        println!("cargo:rerun-if-changed={}", source.join(path).display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("OUT_DIR"));
    let flags = |name: &str| fs::read_to_string(source.join("capi").join(name)).expect(name);
    let mut go = Command::new("go");
    target(&mut go);
    let status = go
        .arg("build")
        .args(flags("build.flags").lines())
        .arg("-buildmode=c-archive")
        .arg(format!("-ldflags={}", flags("link.flags").trim()))
        .arg("-o")
        .arg(out.join("liblake.a"))
        .arg("./capi")
        .current_dir(source)
        .env("CGO_ENABLED", "1")
        .env_remove("CFLAGS")
        .status();
    match status {
        Ok(status) if status.success() => link(&out, true),
        Ok(status) => panic!("go build failed: {status}"),
        Err(error) => panic!("the feature `vendored` needs the Go toolchain (1.21 or later) in PATH: {error}"),
    }
}

/// Tells Go for which machine cargo builds.
fn target(go: &mut Command) {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let triple = variable("TARGET");
    if triple == variable("HOST") {
        return;
    }
    let arch = variable("CARGO_CFG_TARGET_ARCH");
    let goarch = match arch.as_str() {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" if variable("CARGO_CFG_TARGET_ENDIAN") == "little" => "ppc64le",
        other => other, // arm, riscv64, loongarch64, s390x have the same names
    };
    go.env("GOOS", variable("CARGO_CFG_TARGET_OS")).env("GOARCH", goarch);
    if arch == "arm" {
        go.env("GOARM", if triple.starts_with("armv7") { "7" } else { "6" });
    }
    // The C compiler as the crate cc takes it, else what links the program.
    for name in [&format!("CC_{}", triple.replace('-', "_")), "TARGET_CC", "RUSTC_LINKER"] {
        println!("cargo:rerun-if-env-changed={name}");
        if let Some(compiler) = env::var_os(name) {
            go.env("CC", compiler);
            return;
        }
    }
}
