#!/usr/bin/env bash
# Runs the project's checks, one stage after another, and prints how long each took.
#
#   scripts/test.sh                    all stages
#   scripts/test.sh clippy-host docs   these
#
# Stages share features and profiles with one another and with the site, so that no dependency is compiled twice for the
# same target.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/deepmelody/target}"
all_stages=(fmt clippy-host clippy-wasm host-tests site browser-tests page-tests docs)
wasm=(--locked --target wasm32-unknown-unknown --profile web --no-default-features)
web=("${wasm[@]}" --features web)

# Where the standard library is built from source too, checking and building in one folder make it stale for each other.
in_check_folder() { CARGO_TARGET_DIR="$CARGO_TARGET_DIR/check" scripts/wasm-env.sh "$@"; }

stage_fmt() { cargo fmt --check; }

stage_clippy-host() { cargo clippy --release --locked --all-targets -- --deny warnings; }

stage_clippy-wasm() {
    # shellcheck disable=SC2016 # expanded inside, where WASM_CLIPPY is known
    in_check_folder bash -c '$WASM_CLIPPY "$@"' clippy "${web[@]}" --lib --bins --test 'web*' -- --deny warnings
}

stage_host-tests() { cargo test --release --locked; }

stage_site() { scripts/wasm-env.sh trunk build --release --locked; }

# In headless Chromium, through webdriver.json; left to choose, the runner would take Firefox, which has no WebGPU here.
stage_browser-tests() {
    export CHROMEDRIVER WASM_BINDGEN_TEST_TIMEOUT=600
    CHROMEDRIVER="$(command -v chromedriver)"
    scripts/wasm-env.sh cargo test "${wasm[@]}" --features page,engine --test web
    scripts/wasm-env.sh cargo test "${wasm[@]}" --features webgpu --test web_gpu
}

# The built site in real Chromium, under a sub-path of a plain file server.
stage_page-tests() { cargo test --release --locked --test e2e; }

stage_docs() {
    RUSTDOCFLAGS=--deny=warnings cargo doc --release --locked --no-deps
    RUSTDOCFLAGS=--deny=warnings in_check_folder cargo doc "${web[@]}" --no-deps --lib
}

[ $# -gt 0 ] || set -- "${all_stages[@]}"
times=()
print_times() {
    printf '\n%-15s %9s\n' stage seconds
    printf '%s\n' "${times[@]}"
}

for stage in "$@"; do
    declare -F "stage_$stage" >/dev/null || { echo "no such stage: $stage (there are: ${all_stages[*]})" >&2; exit 2; }
done
for stage in "$@"; do
    printf '\n=== %s\n' "$stage"
    started=$SECONDS
    set +e # not "|| status=...": that would switch set -e off inside the stage
    ( set -e; "stage_$stage" )
    status=$?
    set -e
    times+=("$(printf '%-15s %9d' "$stage" $((SECONDS - started)))")
    if [ "$status" -ne 0 ]; then
        print_times
        printf '\nFAILED: %s\n' "$stage" >&2
        exit "$status"
    fi
done
print_times
