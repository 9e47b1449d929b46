#!/usr/bin/env bash
# The bytes that a visitor loads from dist/: as they are, and compressed as hosts do.
set -euo pipefail
cd "$(dirname "$0")/../dist"

compressed() {
    if command -v "$1" >/dev/null 2>&1; then "$@" | wc -c; else echo -; fi
}
row() {
    local label=$1 raw gz br
    shift
    raw=$(cat "$@" | wc -c)
    gz=0 br=0
    for file in "$@"; do
        gz=$((gz + $(compressed gzip -9 -c "$file")))
        br=$(compressed brotli -q 11 -c "$file" | awk -v sum="$br" '{ print ($1 == "-" || sum == "-") ? "-" : sum + $1 }')
    done
    printf '%-28s %12s %12s %12s\n' "$label" "$raw" "$gz" "$br"
}

shopt -s nullglob
first_view=(index.html {style,listen,practise,discover,library}*.css program-*/boot.js icon-*.svg fonts/figtree-latin.woff2)
starting=(program-*/{engine,loader}.js)
printf '%-28s %12s %12s %12s\n' bytes raw gzip brotli
row "first view, takes songs" "${first_view[@]}"
row "the rest of the page" app*.{js,wasm}
row "engine, on the processor" program-*/engine-cpu*.{js,wasm} "${starting[@]}"
row "engine, on a graphics card" program-*/engine-gpu*.{js,wasm} "${starting[@]}"
row weights model-weights/*.safetensors
row "model card and catalogue" model-weights/*.json catalogue.json
row "demo song" demo.ogg
