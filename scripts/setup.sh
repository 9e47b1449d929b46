#!/usr/bin/env bash
# Installs what this project needs on Debian or Ubuntu with rustup's stable toolchain; what is there already is kept.
#
#   scripts/setup.sh site     what building and serving the page needs
#   scripts/setup.sh tests    that, and what the tests need: Chromium, Firefox, their drivers, and axe-core
#   scripts/setup.sh bench    that, and what the page's measurements need: brotli
set -euo pipefail
cd "$(dirname "$0")/.."

cache="${DEEPMELODY_CACHE:-$HOME/.cache/deepmelody}"
target=wasm32-unknown-unknown
trunk_version=0.21.14 # 0.22 wants a newer Rust than rust-version in Cargo.toml
axe_version=4.14.1
geckodriver_version=0.37.1
rustup_patience_secs=120
export PATH="$cache/bin:$PATH"

say() { printf 'setup: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo: $*"
    fi
}

apt_install() {
    have apt-get || die "cannot install $*: there is no apt-get here; install the like by hand and run this again"
    say "installing $* (apt)"
    as_root apt-get update -qq || say "the package lists could not be refreshed; trying with those that are here"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# Tools whose version matters go into the cache, so that a developer's own are left as they are.
cargo_install() {
    say "installing $1 $2 (cargo, some minutes)"
    CARGO_TARGET_DIR="$cache/tools" cargo install --quiet --root "$cache" "$1" --version "$2" "${@:3}" \
        || die "cargo could not install $1 $2 (the reason stands above)"
}

need_rust() {
    have cargo && have rustc || die "Rust is missing: install rustup's stable toolchain first (https://rustup.rs)"
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    found=$(rustc --version | cut -d' ' -f2)
    [ "$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)" = "$wanted" ] \
        || die "Rust $wanted or newer is needed, this is $found: run 'rustup update stable'"
    have cc || apt_install build-essential
}

need_wasm_target() {
    scripts/wasm-env.sh --which >/dev/null && return
    if have rustup; then
        say "adding rustup's $target target"
        timeout "$rustup_patience_secs" rustup target add "$target" >&2 && scripts/wasm-env.sh --which >/dev/null && return
        say "rustup could not add it (the reason stands above): falling back on Debian's rustc-web"
    else
        say "there is no rustup here: falling back on Debian's rustc-web"
    fi
    apt_install rustc-web rust-web-src rust-web-clippy || die "no way to compile for $target: rustup and apt both failed"
    scripts/wasm-env.sh --which >/dev/null || die "rustc-web is installed, but its sources for $target were not found"
}

need_trunk() {
    case "$(trunk --version 2>/dev/null)" in
        "trunk 0.21."*) ;;
        *) cargo_install trunk "$trunk_version" --locked ;;
    esac
}

need_wasm_bindgen() {
    local wanted
    wanted=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock)
    [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $wanted" ] && have wasm-bindgen-test-runner && return
    cargo_install wasm-bindgen-cli "$wanted" # without --locked: its lock file names a version that was withdrawn
}

need_wasm_clippy() {
    [ "$(scripts/wasm-env.sh --which)" = rustup ] || [ -x /usr/bin/cargo-clippy ] || apt_install rust-web-clippy
}

need_chromium() {
    have chromedriver && { have chromium || have chromium-browser || have google-chrome; } && return
    # Debian's names, then Ubuntu's.
    apt_install chromium chromium-driver || apt_install chromium-browser chromium-chromedriver || true
    have chromedriver || die "the tests need Chromium and chromedriver, and apt could not install them"
}

need_firefox() {
    # Debian's name, then Ubuntu's.
    have firefox-esr || have firefox || apt_install firefox-esr || apt_install firefox \
        || die "the tests need Firefox, and apt could not install it"
    have geckodriver || cargo_install geckodriver "$geckodriver_version" --locked
}

# Finds what keeps people out of the page.
need_axe() {
    grep -q "axe v$axe_version" "$cache/axe.min.js" 2>/dev/null && return
    have npm || apt_install npm
    say "fetching axe-core $axe_version (npm)"
    local scratch
    scratch=$(mktemp -d)
    (cd "$scratch" && npm pack --silent "axe-core@$axe_version" >/dev/null && tar -xzf axe-core-*.tgz) \
        || die "npm could not fetch axe-core $axe_version (the reason stands above)"
    mv "$scratch/package/axe.min.js" "$cache/axe.min.js"
    rm -r "$scratch"
}

case "${1:-}" in
    site | tests | bench)
        need_rust
        need_wasm_target
        need_trunk
        need_wasm_bindgen
        ;;&
    tests | bench)
        need_wasm_clippy
        need_chromium
        need_firefox
        need_axe
        ;;&
    bench)
        have brotli || apt_install brotli
        ;;&
    site | tests | bench)
        if [ "$(scripts/wasm-env.sh --which)" = debian ]; then
            say "wasm32 is compiled by Debian's rustc-web"
        else
            say "wasm32 is compiled by rustup's toolchain"
        fi
        ;;
    *) die "usage: scripts/setup.sh site|tests|bench" ;;
esac
