# shellcheck shell=bash
# The parts of the suite and their sum. Needs setup.sh.

# Plain tests that start servers or whole commands; too slow for `bin/test core`.
SLOW_TESTS=(tests/end_to_end tests/provisioning)

test_core() {
  local folder
  local -a ignored=()
  for folder in "${SLOW_TESTS[@]}"; do ignored+=(--ignore="$folder"); done
  lock_state
  ensure_core_packages
  unlock_state
  cd "$REPO"
  "$CORE_VENV/bin/python" -m pytest "${ignored[@]}" "$@" </dev/null
}

# test_all ONLY [PYTEST ARGUMENT…]
test_all() {
  local only=$1
  shift
  sort_arguments "$@"
  cd "$REPO"
  begin_results
  prepare test
  [[ ${#PLAIN_PATHS[@]} != 0 && ${#ODOO_PATHS[@]} = 0 ]] || ensure_browser "$BROWSER"
  at_exit drop_test_databases
  if [[ -z $only && ( ${#ODOO_PATHS[@]} = 0 || ${#PLAIN_PATHS[@]} != 0 ) ]]; then
    run_plain
  fi
  if [[ -z $only && ( ${#PLAIN_PATHS[@]} = 0 || ${#ODOO_PATHS[@]} != 0 ) ]]; then
    run_together
  fi
  if [[ $only = alone || ${#PYTEST_ARGUMENTS[@]}${#ODOO_PATHS[@]}${#PLAIN_PATHS[@]} = 000 ]]; then
    run_alone
  fi
  rm "$RESULTS/suite.log"
}

# Whatever happens, the last line is the sum. suite.log goes when all parts have had their turn;
# while it is there, its missing closing line counts as a failure.
begin_results() {
  RESULTS=$LOGS/test-$$
  make_state_dir
  find "$LOGS" -maxdepth 1 -name 'test-*' -mmin +1440 -exec rm -rf {} +
  rm -rf "$RESULTS"
  mkdir -p "$RESULTS"
  touch "$RESULTS/suite.log"
  at_exit finish_results
}

finish_results() {
  find_python
  "$PYTHON" "$LIB/sum_results.py" "$RESULTS"/*.log || exit 1
}

# Paths below addons/ are Odoo tests, other paths are plain tests, the rest is pytest's.
sort_arguments() {
  PYTEST_ARGUMENTS=() PLAIN_PATHS=() ODOO_PATHS=() BROWSER=required
  local argument path
  for argument in "$@"; do
    path=${argument%%::*}
    if [[ $argument = --no-browser ]]; then
      BROWSER=optional
    elif [[ $argument = -* || ! -e $REPO/$path ]]; then
      PYTEST_ARGUMENTS+=("$argument")
    elif [[ $path = addons/* ]]; then
      ODOO_PATHS+=("$argument")
    else
      PLAIN_PATHS+=("$argument")
    fi
  done
}

# run_pytest NAME ARGUMENT…: output is shown and kept; failures do not stop the other parts.
run_pytest() {
  local name=$1 log=$RESULTS/$1.log status
  shift
  say "── $name"
  set +e
  "$VENV/bin/python" -m pytest "${PYTEST_ARGUMENTS[@]}" "$@" </dev/null 2>&1 9>&- | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  echo "exit status $status" >>"$log"
}

run_plain() {
  run_pytest plain "${PLAIN_PATHS[@]}"
}

# run_odoo NAME PATH…: on DATABASE, with a web server and the browser.
run_odoo() {
  local name=$1
  shift
  run_pytest "$name" -p odoo --odoo-config="$ODOO_RC" --odoo-database="$DATABASE" --odoo-http "$@"
}

run_together() {
  local -a paths=("${ODOO_PATHS[@]}")
  ((${#paths[@]})) || mapfile -t paths < <(compgen -G 'addons/*/tests')
  ((${#paths[@]})) || return 0
  ensure_template all
  test_database all
  unlock_state
  run_odoo addons "${paths[@]}"
}

# Each base addon must install and work without the other.
run_alone() {
  local addon
  for addon in bank_sync invoice_collections; do
    [[ -e addons/$addon/__manifest__.py && -d addons/$addon/tests ]] || continue
    lock_state
    ensure_template "$addon" "$addon"
    test_database "$addon"
    unlock_state
    run_odoo "$addon-alone" "addons/$addon/tests"
  done
}
