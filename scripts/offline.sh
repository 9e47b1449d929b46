#!/usr/bin/env bash
# Writes the catalogue's hash into the built site, and the list of its files with their hashes into its service worker.
# Trunk runs this after each build; by hand, `scripts/offline.sh dist` does the same for a site whose files were changed
# after building.
set -euo pipefail
worker="$(cd "$(dirname "$0")/.." && pwd)/public/offline.js"
cd "${1:-${TRUNK_STAGING_DIR:?the folder of the built site}}"

hash_of() { sha256sum <"$1" | cut -d' ' -f1; }

list() {
    # Of a split catalogue, only what every search needs: there can be thousands of the other files. No previews: they are
    # fetched when they are played.
    find . -type f ! -name offline.js ! -name '.*' ! -path './catalogue-*/*.json' ! -path './previews/*' -printf '%P\n' | LC_ALL=C sort | while IFS= read -r file; do
        printf '  "%s": "%s",\n' "$file" "$(hash_of "$file")"
    done
}

sed -i "s/\(<meta name=\"catalogue-sha256\" content=\"\)[^\"]*/\1$(hash_of catalogue.json)/" index.html
{
    printf 'const FILES = {\n%s\n};\n\n' "$(list)"
    cat "$worker"
} >.offline.js
mv .offline.js offline.js
