# shellcheck shell=bash
# axe-core, which asks the customer's pages whether everybody can use them. Needs setup.sh.
#
# It comes from npm, in one exact version, into $STATE/axe; nothing of it is shipped. Without npm
# the accessibility tests say so and are skipped, or fail where PEERS_REQUIRED is set.

AXE_VERSION=4.14.1

# ensure_axe: sets and exports AXE_DIR; fetches what is missing when npm is there.
ensure_axe() {
  export AXE_DIR=$STATE/axe
  if [[ -f $AXE_DIR/axe.min.js && $(cat "$AXE_DIR/version" 2>/dev/null) = "$AXE_VERSION" ]]; then return 0; fi
  if ! command -v npm >/dev/null; then
    say "axe: no npm here, accessibility tests will be skipped"
    return 0
  fi
  rm -rf "$AXE_DIR"
  mkdir -p "$AXE_DIR"
  if (cd "$AXE_DIR" && npm pack --silent "axe-core@$AXE_VERSION" &&
    tar xzf "axe-core-$AXE_VERSION.tgz" --strip-components=1 package/axe.min.js package/LICENSE) \
    >"$LOGS/axe.log" 2>&1; then
    echo "$AXE_VERSION" >"$AXE_DIR/version"
  else
    say "axe: could not be fetched, see $LOGS/axe.log; accessibility tests will be skipped"
  fi
}
