# shellcheck shell=bash
# The parts of the suite, side by side where there are two cores, and their sum. Needs setup.sh,
# browser.sh, axe.sh, peers.sh.

# Plain tests that start servers or whole commands; too slow for `bin/test core`.
SLOW_TESTS=(tests/end_to_end tests/faults tests/provisioning tests/peers)
# Addons that must install and work without the others.
BASE_ADDONS=(bank_sync invoice_collections)

# test_core [PYTEST ARGUMENT…]: without Odoo and PostgreSQL, in the small environment. Without
# arguments in two halves side by side.
test_core() {
  local folder
  lock_state
  ensure_core_packages
  unlock_state
  cd "$REPO" || die "$REPO is gone"
  sort_arguments "$@"
  VENV=$CORE_VENV
  ((${#PLAIN_PATHS[@]})) || PLAIN_PATHS=(tests)
  for folder in "${SLOW_TESTS[@]}"; do PLAIN_PATHS+=(--ignore="$folder"); done
  if (($#)); then
    "$VENV/bin/python" -m pytest "${PLAIN_PATHS[@]}" "${PYTEST_ARGUMENTS[@]}" </dev/null
    return
  fi
  PYTEST_ARGUMENTS=(-q)
  PLAIN_PATHS+=(--ignore=tests/sandbox_bank)
  PARTS=(plain sandbox_bank)
  begin_results
  run_parts
  rm "$RESULTS/suite.log"
}

# test_suite WHAT [PYTEST ARGUMENT…]: WHAT is "all" or one part's name.
test_suite() {
  local what=$1
  shift
  sort_arguments "$@"
  choose_parts "$what"
  cd "$REPO" || die "$REPO is gone"
  begin_results
  prepare test
  at_exit drop_test_databases
  [[ " ${PARTS[*]} " != *" addons "* && " ${PARTS[*]} " != *" alone "* ]] || { ensure_browser "$BROWSER" && ensure_axe; }
  # What several parts need is made once, before they start.
  [[ "${PARTS[*]}" = plain ]] || ensure_template_of_today
  unlock_state
  run_parts
  rm "$RESULTS/suite.log"
}

# Paths below addons/ are Odoo tests, those below tests/end_to_end and tests/faults need a database
# of their own, other paths are plain tests, the rest is pytest's.
sort_arguments() {
  PYTEST_ARGUMENTS=() PLAIN_PATHS=() END_PATHS=() ODOO_PATHS=() BROWSER=required
  local argument path
  for argument in "$@"; do
    path=${argument%%::*}
    if [[ $argument = --no-browser ]]; then
      BROWSER=optional
    elif [[ $argument = -* || ! -e $REPO/$path ]]; then
      PYTEST_ARGUMENTS+=("$argument")
    elif [[ $path = addons/* ]]; then
      ODOO_PATHS+=("$argument")
    elif [[ $path = tests/end_to_end* || $path = tests/faults* ]]; then
      END_PATHS+=("$argument")
    else
      PLAIN_PATHS+=("$argument")
    fi
  done
}

# Sets PARTS. The addons alone repeat what is tested with all of them together, so they are left
# out when somebody looks for particular tests.
choose_parts() {
  PARTS=()
  ((${#PLAIN_PATHS[@]} == 0)) || PARTS+=(plain)
  ((${#END_PATHS[@]} == 0)) || PARTS+=(end_to_end)
  ((${#ODOO_PATHS[@]} == 0)) || PARTS+=(addons)
  if [[ $1 != all ]]; then
    PARTS=("$1")
  elif ((${#PARTS[@]} == 0)); then
    PARTS=(addons end_to_end plain)
    ((${#PYTEST_ARGUMENTS[@]})) || PARTS+=(alone)
    PLAIN_PATHS=(tests --ignore=tests/end_to_end --ignore=tests/faults)
    END_PATHS=(tests/end_to_end tests/faults)
    ODOO_PATHS=(addons)
  fi
}

# The first part in sight, the others beside it; theirs is shown when it is through.
run_parts() {
  local first=${PARTS[0]} beside
  if ((${#PARTS[@]} == 1 || $(nproc) == 1)); then
    for first in "${PARTS[@]}"; do "part_$first"; done
    return
  fi
  set -m # a process group of its own, so that it can be ended as a whole
  (for beside in "${PARTS[@]:1}"; do "part_$beside"; done) >"$RESULTS/beside.out" 2>&1 &
  BESIDE=$!
  set +m
  at_exit stop_beside
  say "── at the same time, shown below: ${PARTS[*]:1}"
  "part_$first"
  wait "$BESIDE" || true
  cat "$RESULTS/beside.out"
}

stop_beside() { kill -- "-$BESIDE" 2>/dev/null || true; }

# run_pytest NAME ARGUMENT…: output is shown and kept; failures do not stop the other parts.
run_pytest() {
  local name=$1 log=$RESULTS/$1.log status
  shift
  echo "── $name"
  set +e
  "$VENV/bin/python" -m pytest "${PYTEST_ARGUMENTS[@]}" "$@" </dev/null 2>&1 | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  echo "exit status $status" >>"$log"
}

part_plain() {
  # Whoever runs all tests, or those with peers, wants the peers.
  [[ " ${PLAIN_PATHS[*]} " != *" tests "* && ${PLAIN_PATHS[*]} != *tests/peers* ]] || ensure_peers
  run_pytest plain "${PLAIN_PATHS[@]}"
}

part_sandbox_bank() { run_pytest sandbox-bank tests/sandbox_bank; }

# Tests that start all servers, and those that kill workers, on a database of their own.
part_end_to_end() {
  [[ -d tests/end_to_end ]] || return 0
  begin_part end-to-end
  make_test_database all
  END_TO_END_DATABASE=$DATABASE run_pytest end-to-end "${END_PATHS[@]}"
}

part_addons() {
  local -a paths=()
  begin_part addons
  make_test_database all
  if [[ "${ODOO_PATHS[*]}" = addons ]]; then
    mapfile -t paths < <(compgen -G 'addons/*/tests')
    run_odoo addons "${paths[@]}"
  else
    run_odoo addons "${ODOO_PATHS[@]}"
  fi
}

part_alone() {
  local addon
  for addon in "${BASE_ADDONS[@]}"; do
    begin_part "$addon-alone"
    make_test_database "$addon" "$addon"
    run_odoo "$addon-alone" "addons/$addon/tests"
  done
}

# A part that dies before pytest starts has a log without a closing line, which counts as failed.
begin_part() { touch "$RESULTS/$1.log"; }

# run_odoo NAME PATH…: on DATABASE, with a web server and the browser.
run_odoo() {
  local name=$1
  shift
  run_pytest "$name" -p odoo --odoo-config="$ODOO_RC" --odoo-database="$DATABASE" --odoo-http "$@"
}

# make_test_database KIND [ADDON…]: sets DATABASE to a clone of that template.
make_test_database() {
  lock_state
  ensure_template "$@"
  test_database "$1"
  unlock_state
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
