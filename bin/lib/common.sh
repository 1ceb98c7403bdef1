# shellcheck shell=bash
# Common ground of all commands: where things are, how to speak, how to fail, how to wait.
# Sourced, never run. Everything for people goes to stderr; stdout belongs to results.

REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034 # read by what is sourced next
LIB=$REPO/bin/lib
STATE=${ODOO_HOME:-$REPO/.odoo}
[[ $STATE = /* ]] || STATE=$PWD/$STATE
LOGS=$STATE/log

# A machine-wide PYTHONDONTWRITEBYTECODE would recompile Odoo at every start (5 s of CPU each).
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX=$STATE/pycache LC_ALL=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# at_exit COMMAND: run it when this command ends, however it ends; the last registered comes first.
AT_EXIT=
at_exit() { AT_EXIT="$1; $AT_EXIT"; }
trap 'eval "$AT_EXIT"' EXIT
# Odoo ends well when interrupted; without this a half-done step would look complete.
trap 'exit 130' INT
trap 'exit 143' TERM

# Print the comment at the top of the running command: that is its --help.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

make_state_dir() {
  mkdir -p "$STATE" "$LOGS" 2>/dev/null ||
    die "cannot write to $STATE: it belongs to $(stat -c %U "$(dirname "$STATE")"); set ODOO_HOME to a folder of your own"
  [[ -w $STATE && -w $LOGS ]] ||
    die "cannot write to $STATE: it belongs to $(stat -c %U "$STATE"); remove it, or set ODOO_HOME to a folder of your own"
  [[ -e $STATE/.gitignore ]] || echo '*' >"$STATE/.gitignore"
}

# need_space MEGABYTES WHAT-FOR
need_space() {
  local free
  free=$(df -Pm "$STATE" | awk 'NR == 2 {print $4}')
  ((free >= $1)) || die "only $free MB are free under $STATE and $2 needs $1 MB: free some, or set ODOO_HOME to another disk"
}

# One preparation at a time in one state folder. Daemons must be started with 9>&- or they keep it.
lock_state() {
  make_state_dir
  [[ -z ${STATE_LOCKED:-} ]] || return 0
  STATE_LOCKED=yes
  command -v flock >/dev/null || die "the command flock is missing: apt-get install util-linux"
  exec 9>"$STATE/lock"
  flock -n 9 && return
  say "another command is preparing $STATE; waiting for it"
  flock 9
}
unlock_state() {
  exec 9>&-
  STATE_LOCKED=
}

# step MESSAGE LOGFILE COMMAND…: run it with its output in a log, show that time passes, say how
# long it took. Returns the command's status; the last lines of the log are shown if it failed.
step() {
  local message=$1 log=$2 started=$SECONDS status=0 ticker
  shift 2
  mkdir -p "$(dirname "$log")"
  : >"$log"
  [[ -t 2 ]] || say "$message …"
  show_progress "$message" "$log" $$ 9>&- &
  ticker=$!
  "$@" >"$log" 2>&1 </dev/null || status=$?
  kill "$ticker" 2>/dev/null || true
  wait "$ticker" 2>/dev/null || true
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  if ((status == 0)); then
    say "$message: done in $((SECONDS - started)) s"
  else
    say "$message: failed after $((SECONDS - started)) s; the end of $log:"
    tail -n 15 "$log" >&2
  fi
  return "$status"
}

# On a terminal one line that is rewritten; in a log a line every 15 seconds.
show_progress() {
  local message=$1 log=$2 parent=$3 seconds=0 last
  while kill -0 "$parent" 2>/dev/null; do
    sleep 1
    seconds=$((seconds + 1))
    if [[ -t 2 ]]; then
      last=$(tail -n 1 "$log" 2>/dev/null | tr -cd '[:print:]' | cut -c1-60)
      printf '\r\033[K%s … %d s  %s' "$message" "$seconds" "$last" >&2
    elif ((seconds % 15 == 0)); then
      last=$(tail -n 1 "$log" 2>/dev/null | tr -cd '[:print:]' | cut -c1-100)
      printf '%s … %d s  %s\n' "$message" "$seconds" "$last" >&2
    fi
  done
}

# short_hash: 10 hex digits of what is on stdin.
short_hash() { sha256sum | cut -c1-10; }
