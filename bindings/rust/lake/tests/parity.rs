//! Everything that the C header has, this crate has.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lake::Status;

/// The functions that are not wrapped, and why.
const NOT_WRAPPED: &[(&str, &str)] = &[
    ("lake_strerror", "Status::text is made from the same table; compared below"),
    ("lake_status_name", "Status::name is made from the same table; compared below"),
    ("lake_wipe", "Secret is overwritten by the crate zeroize"),
];

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What the C ABI has of a kind: names, and what is known of them. `make generate` writes it
/// down, from the header.
fn abi(kind: &str) -> BTreeMap<String, String> {
    let types = fs::read_to_string(here().join("../../../capi/abi/types.txt")).unwrap();
    let of_kind = types.lines().filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' ')?.split_once('\t'));
    of_kind.map(|(name, known)| (name.to_owned(), known.to_owned())).collect()
}

fn sources(folder: &Path) -> String {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).unwrap() }).collect()
}

#[test]
fn every_function_is_wrapped() {
    let (functions, sources) = (abi("function"), sources(&here().join("src")));
    assert!(functions.len() > 100, "{functions:?}");
    let used = |name: &str| {
        sources.match_indices(&format!("sys::{name}")).any(|(at, found)| {
            !sources[at + found.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    for function in functions.keys() {
        let reason = NOT_WRAPPED.iter().find(|(name, _)| name == function);
        assert_eq!(used(function), reason.is_none(), "{function}: {reason:?}");
    }
    for (name, _) in NOT_WRAPPED {
        assert!(functions.contains_key(*name), "the header has no {name}");
    }
}

#[test]
fn every_constant_has_its_variant() {
    let (constants, sources) = (abi("constant"), sources(&here().join("src")));
    for (name, number) in constants {
        let number: i32 = number.parse().unwrap();
        match number {
            _ if name == "LAKE_OK" || name == "LAKE_ABI_VERSION" => {}
            _ if name.starts_with("LAKE_PENDING_") => assert!(sources.contains(&format!("sys::{name}")), "{name}"),
            error if name.starts_with("LAKE_ERR_") => {
                let status = Status::from_code(error).unwrap_or_else(|| panic!("{name} has no variant"));
                assert_eq!((status.name(), status.code()), (name.as_str(), error));
            }
            _ => assert!(sources.contains(&name), "{name} is not used"),
        }
    }
}

#[test]
fn texts_are_those_of_the_library() {
    let text = |pointer| unsafe { std::ffi::CStr::from_ptr(pointer) }.to_str().unwrap();
    for status in Status::ALL {
        assert_eq!(text(unsafe { lake_sys::lake_strerror(status.code()) }), status.text());
        assert_eq!(text(unsafe { lake_sys::lake_status_name(status.code()) }), status.name());
    }
    assert_eq!(lake::version(), env!("CARGO_PKG_VERSION"));
    assert_eq!(lake::version_number(), lake_sys::LAKE_VERSION_NUMBER as u32);
    assert_eq!(lake::abi_version(), lake_sys::LAKE_ABI_VERSION as u32);
}
