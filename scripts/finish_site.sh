#!/usr/bin/env bash
# Finishes a built site: names the folder of its scripts and programs by their content, writes that name and the
# catalogue's hash into the page, and the list of all files with their hashes into the service worker.
# Trunk runs this after each build; by hand, `scripts/finish_site.sh dist` does the same for a site whose files were
# changed after building.
set -euo pipefail
worker="$(cd "$(dirname "$0")/.." && pwd)/public/offline.js"
cd "${1:-${TRUNK_STAGING_DIR:?the folder of the built site}}"
shopt -s nullglob

hash_of() { sha256sum <"$1" | cut -d' ' -f1; }

# Scripts that start programs find them beside themselves: of a new version, they must not find an older one's, which a
# host or a browser may still have.
name_programs() {
    local unnamed=program-unnamed folder
    for folder in program-*/; do mv "$folder" "$unnamed"; done
    mkdir -p "$unnamed"
    for file in boot*.js loader*.js engine*.{js,wasm}; do mv "$file" "$unnamed"; done
    folder="program-$(cd "$unnamed" && sha256sum -- * | sha256sum | cut -c1-16)"
    mv "$unnamed" "$folder"
    sed -i -e "s#\(<meta name=\"program\" content=\"\)[^\"]*#\1$folder/#" \
        -e "s#src=\"[^\"]*boot.js\"#src=\"$folder/boot.js\"#" index.html
}

list() {
    # Of a split catalogue, only what every search needs: there can be thousands of the other files. No previews: they are
    # fetched when they are played.
    find . -type f ! -name offline.js ! -name '.*' ! -path './catalogue-*/*.json' ! -path './previews/*' -printf '%P\n' | LC_ALL=C sort | while IFS= read -r file; do
        printf '  "%s": "%s",\n' "$file" "$(hash_of "$file")"
    done
}

name_programs
sed -i "s/\(<meta name=\"catalogue-sha256\" content=\"\)[^\"]*/\1$(hash_of catalogue.json)/" index.html
{
    printf 'const FILES = {\n%s\n};\n\n' "$(list)"
    cat "$worker"
} >.offline.js
mv .offline.js offline.js
