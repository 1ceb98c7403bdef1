# shellcheck shell=bash
# Servers that bin/run starts and stops. Needs common.sh. Each has a file run/NAME.pid that holds
# the process id and its start time, so that a number the system gave to somebody else later is
# never taken for ours.

RUN_DIR=$STATE/run
STARTED=()
STOP_SECONDS=10

# need_free_port PORT VARIABLE WHO
need_free_port() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null ||
    die "port $1 is taken, and $3 needs it: stop what listens there, or choose another with $2=$(($1 + 10000)) bin/run"
}

# start_service NAME COMMAND…: in the background, output to its own log.
start_service() {
  local name=$1
  shift
  "$@" >"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  record_pid "$name" $!
  STARTED+=("$name")
}

record_pid() {
  mkdir -p "$RUN_DIR"
  echo "$2 $(start_time "$2")" >"$RUN_DIR/$1.pid"
}

# The 22nd field of stat; the second, a name in parentheses, may hold spaces.
start_time() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# running_pid NAME: print its process id if it still is the process that was started.
running_pid() {
  local pid started
  read -r pid started 2>/dev/null <"$RUN_DIR/$1.pid" || return 1
  [[ -n $started && $(start_time "$pid") = "$started" ]] && echo "$pid"
}

# wait_for_service NAME URL SECONDS
wait_for_service() {
  local status=0
  step "Waiting for $1" "$LOGS/wait.log" \
    "$VENV/bin/python" "$LIB/wait_for.py" "$2" "$3" "$(running_pid "$1" || echo 0)" || status=$?
  ((status == 0)) || die "$1 did not come up: $(tail -n 5 "$LOGS/$1.log")"
}

# stop_service NAME: asks, waits up to STOP_SECONDS, then insists.
stop_service() {
  local pid waited
  if pid=$(running_pid "$1"); then
    kill "$pid" 2>/dev/null || true
    for ((waited = 0; waited < STOP_SECONDS * 10; waited++)); do
      running_pid "$1" >/dev/null || break
      sleep 0.1
    done
    ! running_pid "$1" >/dev/null || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$RUN_DIR/$1.pid"
}

forget_run() { rm -f "$RUN_DIR/run.pid"; }

stop_services() {
  local name
  for name in "${STARTED[@]}"; do stop_service "$name"; done
  STARTED=()
}

# What bin/run --stop does: the one in another terminal stops its own servers.
stop_other() {
  local pid waited
  if pid=$(running_pid run); then
    kill "$pid"
    for ((waited = 0; waited < 300; waited++)); do
      running_pid run >/dev/null || break
      sleep 0.1
    done
    say "stopped"
  else
    stop_leftovers
    say "nothing was running"
  fi
}

# Servers of a bin/run that was killed.
stop_leftovers() {
  local file name
  for file in "$RUN_DIR"/*.pid; do
    [[ -e $file ]] || continue
    name=$(basename "$file" .pid)
    [[ $name = run ]] || stop_service "$name"
  done
}
