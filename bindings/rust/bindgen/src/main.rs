//! Writes what bindgen makes of a C header to standard output: `make generate` runs it.
//! Arguments: the header, and the first line to write.

fn main() {
    let mut arguments = std::env::args().skip(1);
    let header = arguments.next().expect("the header");
    let first_line = arguments.next().expect("the first line");
    let bindings = bindgen::Builder::default()
        .header(header)
        .clang_arg("-DLAKE_NO_MARKS")
        .clang_arg("-w") // what attributes are for is between the header and its compilers
        .allowlist_item("(lake|LAKE)_.*")
        .blocklist_item("LAKE(_[A-Z]+)?_H") // what keeps a header from being read twice
        .generate_comments(false) // the header is the manual, and its wording may change without this
        .use_core()
        .generate_cstr(true)
        .default_macro_constant_type(bindgen::MacroTypeVariation::Signed)
        .clang_macro_fallback()
        .clang_macro_fallback_build_dir(std::env::temp_dir())
        .rust_target(bindgen::RustTarget::stable(75, 0).expect("Rust 1.75"))
        .rust_edition(bindgen::RustEdition::Edition2021)
        .formatter(bindgen::Formatter::Prettyplease)
        .disable_header_comment()
        .raw_line(first_line)
        .generate()
        .unwrap_or_else(|error| panic!("{error}"));
    print!("{bindings}");
}
