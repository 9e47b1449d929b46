#!/usr/bin/env bash
# Installs what this project needs on Debian or Ubuntu with rustup's stable toolchain; what is there already is kept.
# Tools that have to be compiled are compiled side by side with the page's first crates, which the site needs next. With
# `cargo binstall` installed, they are downloaded instead if it finds them.
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

# Tools whose version matters go into the cache, so that a developer's own are left as they are. They only have to start
# soon: less optimisation compiles sooner.
cargo_install() {
    if have cargo-binstall && cargo binstall --no-confirm --root "$cache" "$1@$2"; then return; fi
    CARGO_TARGET_DIR="$cache/tools/$1" CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 cargo install --root "$cache" "$1" --version "$2" "${@:3}"
}

# What the page, the smaller of the site's two programs, is made of, as trunk will ask for it.
compile_page() {
    local features profile
    read -r features profile < <(sed -n \
        's/.*data-bin="app".*data-cargo-features="\([^"]*\)".*data-cargo-profile="\([^"]*\)".*/\1 \2/p' index.html)
    CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/deepmelody/target}" scripts/wasm-env.sh cargo build --locked \
        --target "$target" --no-default-features --features "$features" --profile "$profile" --bin app
}

# Starts a job in the background, with its output in a log.
jobs_started=()
start() { # name, command...
    mkdir -p "$cache/logs"
    "${@:2}" >"$cache/logs/$1" 2>&1 &
    jobs_started+=("$1:$!")
}

# Waits for the jobs, and says from time to time how many crates each has compiled.
finish_jobs() {
    local began=$SECONDS told=$SECONDS job
    while [ -n "$(jobs -pr)" ]; do
        sleep 1
        [ $((SECONDS - told)) -ge 30 ] || continue
        told=$SECONDS
        say "$(((SECONDS - began) / 60)) min $(((SECONDS - began) % 60)) s: $(for job in "${jobs_started[@]}"; do
            printf '%s %s crates; ' "${job%%:*}" "$(grep -c '^ *Compiling' "$cache/logs/${job%%:*}" || true)"
        done)"
    done
    for job in "${jobs_started[@]}"; do
        wait "${job##*:}" && continue
        jobs -pr | xargs -r kill
        tail -n 30 "$cache/logs/${job%%:*}" >&2
        die "${job%%:*} could not be compiled (the reason stands above)"
    done
    jobs_started=()
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

have_trunk() {
    case "$(trunk --version 2>/dev/null)" in
        "trunk 0.21."*) ;;
        *) return 1 ;;
    esac
}

wasm_bindgen_version() { sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"/\1/p}' Cargo.lock; }

have_wasm_bindgen() {
    [ "$(wasm-bindgen --version 2>/dev/null)" = "wasm-bindgen $(wasm_bindgen_version)" ] && have wasm-bindgen-test-runner
}

need_site_tools() {
    local missing=()
    have_trunk || missing+=("trunk $trunk_version")
    have_wasm_bindgen || missing+=("wasm-bindgen $(wasm_bindgen_version)")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing $(printf '%s, ' "${missing[@]}")and compiling the page's crates meanwhile. Together with the site" \
        "this takes some 45 minutes of processor time, once: half an hour on two idle cores"
    # Without TLS, which is only for downloads that are not needed.
    have_trunk || start trunk cargo_install trunk "$trunk_version" --locked --no-default-features
    # Without --locked: its lock file names a version that was withdrawn.
    have_wasm_bindgen || start wasm-bindgen cargo_install wasm-bindgen-cli "$(wasm_bindgen_version)"
    start page compile_page
    finish_jobs
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
    have geckodriver && return
    say "installing geckodriver $geckodriver_version (some minutes)"
    start geckodriver cargo_install geckodriver "$geckodriver_version" --locked
    finish_jobs
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
        need_site_tools
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
