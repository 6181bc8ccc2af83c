//! src/bindings.rs is what bindgen makes of lake.h. LAKE_BINDINGS=write writes it.

use std::path::Path;

#[test]
fn bindings_are_those_of_the_header() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let made = bindgen::Builder::default()
        .header(here.join("source/include/lake.h").to_str().expect("UTF-8"))
        .allowlist_item("(lake|LAKE)_.*")
        .blocklist_item("LAKE_H")
        .generate_comments(false) // lake.h is the manual, and its wording may change without this
        .use_core()
        .generate_cstr(true)
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        .clang_macro_fallback()
        .clang_macro_fallback_build_dir(scratch)
        .rust_target(bindgen::RustTarget::stable(75, 0).expect("Rust 1.75"))
        .rust_edition(bindgen::RustEdition::Edition2021)
        .formatter(bindgen::Formatter::Prettyplease)
        .disable_header_comment()
        .raw_line("// Made from include/lake.h by tests/bindings.rs (LAKE_BINDINGS=write). Do not edit.")
        .generate()
        .expect("bindgen")
        .to_string();
    let path = here.join("src/bindings.rs");
    if std::env::var("LAKE_BINDINGS").as_deref() == Ok("write") {
        std::fs::write(&path, &made).expect("src/bindings.rs can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "src/bindings.rs is not what lake.h gives: run LAKE_BINDINGS=write cargo test -p lake-sys"
    );
}
