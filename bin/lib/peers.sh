# shellcheck shell=bash
# Independent programs that tests/peers talks to: Prism, WireMock, oidc-provider. Needs setup.sh.
#
# They come from npm, in the exact versions of requirements/peers/package.json, into
# $STATE/peers. Without Node.js the tests say so and are skipped; with PEERS_REQUIRED=1 they
# fail instead.

# ensure_peers: sets and exports PEERS_DIR; installs what is missing when npm is there.
ensure_peers() {
  local wanted=$REPO/requirements/peers/package.json
  export PEERS_DIR=$STATE/peers
  if cmp -s "$wanted" "$PEERS_DIR/.installed"; then return 0; fi
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    say "peers: no npm and node here, tests/peers will be skipped"
    return 0
  fi
  say "peers: npm install (once, about a minute)"
  mkdir -p "$PEERS_DIR"
  cp "$wanted" "$PEERS_DIR/package.json"
  if (cd "$PEERS_DIR" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts \
    >"$LOGS/peers.log" 2>&1); then
    cp "$wanted" "$PEERS_DIR/.installed"
  else
    say "peers: npm install failed, see $LOGS/peers.log; tests/peers will be skipped"
  fi
}
