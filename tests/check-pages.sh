#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fails when a page does not say what the programs take, or says what they do not: options, keys of the configuration,
# interfaces on D-Bus; and when groff warns of a page.
# LWM2MD_BUILD: where the programs and the pages of the interfaces are.
set -euo pipefail
: "${LWM2MD_BUILD:?is not set; run this by make check}"
cd "${srcdir:-.}"

failures=0 count=0
complain()
{
        echo "$1"
        failures=$((failures + 1))
}

# Two lists, one word a line: what the first says and the second does not, and the other way round.
compare()
{
        local what=$1 said=$2 taken=$3 page=$4 word
        [ -n "$taken" ] || complain "nothing is known of the $what"
        while IFS= read -r word; do
                [ -z "$word" ] || complain "$page does not have $word, of the $what"
        done < <(comm -13 <(sort -u <<<"$said") <(sort -u <<<"$taken"))
        while IFS= read -r word; do
                [ -z "$word" ] || complain "$page has $word, which is none of the $what"
        done < <(comm -23 <(sort -u <<<"$said") <(sort -u <<<"$taken"))
        count=$((count + $(sort -u <<<"$taken" | wc -l)))
}

# Options: each "--word" that begins a line of --help, and each of the list in the page.
options_of_help()
{
        "$LWM2MD_BUILD/$1" --help | sed -nE 's/^ +(-[a-z], +)?--([a-z-]+).*/\2/p'
}
options_of_page()
{
        sed -nE 's/^\.It (Fl [a-z] , )?Fl -([a-z-]+).*/\2/p' "$1"
}
compare "options of lwm2md" "$(options_of_page data/man/lwm2md.8)" "$(options_of_help lwm2md)" data/man/lwm2md.8
compare "options of lwm2m-testserver" "$(options_of_page data/man/lwm2m-testserver.1)" \
        "$(options_of_help lwm2m-testserver)" data/man/lwm2m-testserver.1

# Keys of the configuration: asked for one that it does not know, the program lists all that it does.
keys_of_program()
{
        printf '[%s]\nThereIsNoSuchKeyInAnySection=1\n' "$1" >"$directory/keys.conf"
        "$LWM2MD_BUILD/lwm2md" --config "$directory/keys.conf" --check-config 2>&1 |
                sed -n 's/.*; its keys are //p' | tr -s ', ' '\n'
}
# Those below a heading of the page.
keys_of_page()
{
        awk -v heading=".Sh [$1" '/^\.Sh / { inside = index($0, heading) == 1 }
                inside && sub(/^\.It Va /, "")' data/man/lwm2md.conf.5 | tr -d '=,' | tr -s ' ' '\n'
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
compare "keys of [Agent]" "$(keys_of_page Agent)" "$(keys_of_program Agent)" data/man/lwm2md.conf.5
compare "keys of [EventLog]" "$(keys_of_page EventLog)" "$(keys_of_program EventLog)" data/man/lwm2md.conf.5
compare "keys of [Location]" "$(keys_of_page Location)" "$(keys_of_program Location)" data/man/lwm2md.conf.5
compare "keys of [Network]" "$(keys_of_page Network)" "$(keys_of_program Network)" data/man/lwm2md.conf.5
compare "keys of [Sensors]" "$(keys_of_page Sensors)" "$(keys_of_program Sensors)" data/man/lwm2md.conf.5
compare "keys of [Server NAME]" "$(keys_of_page Server)" "$(keys_of_program 'Server a')" data/man/lwm2md.conf.5

# Interfaces: one page for each file; that all is explained in it is what dbus-to-man.py fails on.
for file in dbus/org.lwm2md.*1.xml; do
        name=${file##*/}
        page=$LWM2MD_BUILD/data/man/${name%.xml}.5
        [ -s "$page" ] || { complain "$file has no page $page"; continue; }
        while IFS= read -r member; do
                count=$((count + 1))
                grep -qF ".Ss \"\\&$member\"" "$page" || complain "$page does not have $member"
        done < <(sed -nE 's/.*<(method|property|signal) name="([^"]*)".*/\2/p' "$file")
done

pages=(data/man/*.[1-8] "$LWM2MD_BUILD"/data/man/org.lwm2md.*.5)
if command -v groff >/dev/null; then
        for page in "${pages[@]}"; do
                said=$(LC_ALL=C.UTF-8 groff -ww -K utf8 -T utf8 -mandoc -z "$page" 2>&1) || true
                [ -z "$said" ] || complain "$said"
                # What is made of it, for a terminal of 80 columns: nothing is cut off, and no macro is shown.
                LC_ALL=C.UTF-8 groff -P -cbou -K utf8 -T utf8 -mandoc "$page" | grep -nE '(^|[[:space:]])\.[A-Z][a-z] ' &&
                        complain "$page shows a macro"
                count=$((count + 1))
        done
fi

echo "$count things looked up, $failures missing or wrong"
[ "$failures" = 0 ] || exit 1
command -v groff >/dev/null || { echo "the pages were not set: apt install groff-base"; exit 77; }
