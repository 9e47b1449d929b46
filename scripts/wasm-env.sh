#!/usr/bin/env bash
# Sets the environment for building this project for wasm32.
#
#   scripts/wasm-env.sh cargo check --target wasm32-unknown-unknown ...   runs a command in it
#   eval "$(scripts/wasm-env.sh)"                                         sets it in a shell
#   scripts/wasm-env.sh --which                                           prints the provider of the toolchain: rustup or debian
#
# With rustup's wasm32 target installed almost nothing is needed. Without it, Debian's rustc-web and rust-web-src
# build the standard library from source. Exits 1, printing nothing, where neither is there (scripts/setup.sh
# installs one).
set -euo pipefail

target=wasm32-unknown-unknown
tools="${DEEPMELODY_CACHE:-$HOME/.cache/deepmelody}/bin" # where setup.sh puts tools whose versions it must choose

rustup_has_target() {
    local libraries
    libraries=$(rustc --print target-libdir --target "$target" 2>/dev/null) && compgen -G "$libraries/libstd-*" >/dev/null
}

debian_has_target() {
    [ -x /usr/bin/rustc ] && [ -f "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

print_exports() {
    echo "export PATH='$tools':\"\$PATH\""
    if [ "$1" = debian ]; then
        local host
        host=$(rustc -vV | sed -n 's/^host: //p')
        echo "export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1"
        # `test` always, though only tests use it: with it and without it, everything would be compiled twice.
        echo "export CARGO_UNSTABLE_BUILD_STD=std,panic_abort,test"
        echo "export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER='$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld'"
        # rustup's cargo would start rustup's own clippy, which cannot read what Debian's compiler wrote.
        echo "export WASM_CLIPPY='/usr/bin/cargo-clippy clippy'"
    else
        echo "export WASM_CLIPPY='cargo clippy'"
    fi
}

if rustup_has_target; then
    provider=rustup
elif debian_has_target; then
    provider=debian
else
    exit 1
fi

if [ $# -eq 0 ]; then
    print_exports "$provider"
elif [ "$1" = --which ]; then
    echo "$provider"
else
    eval "$(print_exports "$provider")"
    exec "$@"
fi
