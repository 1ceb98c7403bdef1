# shellcheck shell=bash
# Python and its packages: hash-locked wheels in virtual environments under the state folder.
# Needs common.sh.

VENV=$STATE/venv
CORE_VENV=$STATE/core-venv

# Sets PYTHON, the interpreter environments are made with.
find_python() {
  local candidate
  [[ -z ${PYTHON:-} ]] || return 0
  for candidate in ${ODOO_PYTHON:-} python3.12 python3.11 python3.13 python3; do
    if python_fits "$candidate"; then
      PYTHON=$("$candidate" -c 'import sys; print(sys.executable)')
      return
    fi
  done
  die "no Python 3.11, 3.12 or 3.13 here: apt-get install python3 python3-venv, or set ODOO_PYTHON=/path/to/python3.12"
}

python_fits() {
  "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

# uv installs the locks in seconds where pip takes minutes. Sets UV.
find_uv() {
  find_python
  UV=$STATE/uv/bin/uv
  [[ -x $UV ]] || UV=$(command -v uv || true)
  if [[ -z $UV ]]; then
    UV=$STATE/uv/bin/uv
    step "Getting the installer uv" "$LOGS/uv.log" install_uv ||
      die "could not get uv: $(why_no_packages "$LOGS/uv.log")"
  fi
  eval "$("$PYTHON" "$LIB/pip_config.py")" # pip's mirrors, told to uv
}

install_uv() {
  local wheel
  local -a pip=("$PYTHON" -m pip)
  if ! "${pip[@]}" --version >/dev/null 2>&1; then
    wheel=$(pip_wheel) || return 1
    pip=("$PYTHON" "$wheel/pip")
  fi
  rm -rf "$STATE/uv.tmp" "$STATE/uv"
  "${pip[@]}" install --quiet --no-deps --only-binary :all: --require-hashes \
    --target "$STATE/uv.tmp" -r "$REPO/requirements/uv.txt" || return 1
  mv "$STATE/uv.tmp" "$STATE/uv"
}

# Debian's bare python3 has no pip. Its package repository has one that runs from where it lies:
# fetch that, so that no root is needed. Prints the wheel's path.
pip_wheel() {
  local wheel
  wheel=$(compgen -G "$STATE/pip/usr/share/python-wheels/pip-*.whl" | head -n 1)
  if [[ -z $wheel ]]; then
    fetch_deb_of_release python3-pip-whl "$STATE/pip" >&2 || {
      echo "this Python has no pip: apt-get install python3-venv (or put uv on the PATH)" >&2
      return 1
    }
    wheel=$(compgen -G "$STATE/pip/usr/share/python-wheels/pip-*.whl" | head -n 1)
  fi
  [[ -n $wheel ]] && echo "$wheel"
}

# why_no_packages LOG: one sentence for the usual reasons.
why_no_packages() {
  if grep -qiE 'name or service|resolve|connection refused|timed out|unreachable|dns error' "$1"; then
    echo "the package index cannot be reached; check the network and pip's index-url (pip config list)"
  elif grep -qiE 'no space left' "$1"; then
    echo "the disk is full"
  elif grep -qiE 'hash mismatch|do not match the hashes' "$1"; then
    echo "a downloaded package is not the one the lock names; clear the cache or the mirror, then run again"
  elif grep -qiE 'apt-get install python3-venv' "$1"; then
    echo "this Python has no pip: apt-get install python3-venv, or put uv on the PATH"
  else
    tail -n 1 "$1"
  fi
}

# install_lock VENV LOCK-NAME…: the environment holds at least these locks (requirements/NAME.txt).
# The first name is the one that is installed; the others are known to be contained in it.
install_lock() {
  local venv=$1 name=$2 wanted log=$LOGS/packages-$2.log
  wanted=$(lock_id "$venv" "$name")
  if grep -qxF "$wanted" "$venv/.locks" 2>/dev/null && "$venv/bin/python" -c '' 2>/dev/null; then return; fi
  find_uv
  "$venv/bin/python" -c '' 2>/dev/null || rm -rf "$venv"
  rm -f "$venv/.locks"
  step "Installing Python packages ($name)" "$log" fill_venv "$venv" "$REPO/requirements/$name.txt" ||
    die "could not install requirements/$name.txt: $(why_no_packages "$log")"
  for name in "${@:2}"; do lock_id "$venv" "$name"; done >"$venv/.locks"
}

lock_id() { echo "$2 $( (cat "$REPO/requirements/$2.txt" && echo "$1") | short_hash)"; }

fill_venv() {
  local venv=$1 lock=$2
  [[ -x $venv/bin/python ]] || "$UV" venv --quiet --python "$PYTHON" "$venv" || return 1
  VIRTUAL_ENV=$venv "$UV" pip install --no-deps --only-binary :all: --require-hashes -r "$lock" ||
    { rm -rf "$venv"; return 1; }
}

# What bin/run needs; what bin/test, bin/lint need (a superset); what runs without Odoo.
ensure_run_packages() { install_lock "$VENV" run; }
ensure_test_packages() { install_lock "$VENV" test run; }
ensure_core_packages() { install_lock "$CORE_VENV" core; }
