//! Links the site's wasm without the names of its functions, which are two thirds of its bytes, but with what
//! wasm-bindgen reads from it. (The profile's `strip` would drop both.)
#![allow(clippy::print_stdout, reason = "this is how build scripts speak")]

const READ_BY_WASM_BINDGEN: [&str; 2] = ["__wasm_bindgen_unstable", "target_features"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|architecture| architecture == "wasm32") {
        println!("cargo:rustc-link-arg-bins=--strip-all");
        for section in READ_BY_WASM_BINDGEN {
            println!("cargo:rustc-link-arg-bins=--keep-section={section}");
        }
    }
}
