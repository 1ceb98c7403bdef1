# shellcheck shell=bash
# Independent programs: those tests/peers talks to (Prism, WireMock, oidc-provider), and the addons
# our benchmarks are held against. Needs setup.sh.
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

# Addons of the Odoo Community Association that match bank lines. They are run beside ours by
# bin/bench beside-oca and nowhere else: in a folder and a database of their own.
OCA_WHEELS=(odoo-addon-account-reconcile-oca==19.0.1.1.1 odoo-addon-account-statement-base==19.0.1.0.1)

# ensure_oca: sets and exports OCA_ADDONS, the folder of these addons; fetches them when asked the
# first time.
ensure_oca() {
  local folder=$STATE/oca log=$LOGS/oca.log
  export OCA_ADDONS=$folder/odoo/addons
  [[ $(cat "$folder/.installed" 2>/dev/null) != "${OCA_WHEELS[*]}" ]] || return 0
  find_uv
  rm -rf "$folder"
  step "Fetching account_reconcile_oca" "$log" "$UV" pip install --python "$VENV/bin/python" \
    --no-deps --only-binary :all: --target "$folder" "${OCA_WHEELS[@]}" ||
    die "could not get account_reconcile_oca: $(why_no_packages "$log")"
  echo "${OCA_WHEELS[*]}" >"$folder/.installed"
}
