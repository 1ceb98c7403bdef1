#!/usr/bin/env bash
# requirements/compile.sh [--upgrade]
#
# Writes the lock of every .in file here: exact versions with hashes, for Python 3.11 and newer.
# Without --upgrade, versions that still fit stay. Run after editing a .in file.
#
# docopt is left out everywhere: it exists as source only, and only num2words' command line needs it.
. "$(dirname "${BASH_SOURCE[0]}")/../bin/lib/env.sh"

case ${1:-} in -h | --help) usage && exit ;; esac
lock_state
find_uv
cd "$REPO/requirements"
# test holds everything but PostgreSQL and uv; the others take their versions from it.
for name in test run core sandbox postgres uv; do
  constraint=()
  [[ $name != run ]] || constraint=(--constraint test.txt)
  "$UV" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
    --no-emit-index-url --no-emit-package docopt "${constraint[@]}" "$@" "$name.in" --output-file "$name.txt"
done
