# shellcheck shell=bash
# Template databases and their clones. Needs common.sh, odoo_source.sh, python_env.sh, postgres.sh.
#
#   odoo19_<base>                  Odoo's modules with demo data and languages
#   odoo19_<base>_<which>_<ours>   the same with our addons (which: all, or some) and web bundles
#
# <base> changes with Odoo, the lock and the lists below; <ours> with the files of addons/. A
# template is built under another name and renamed when complete, so an interrupted build is
# simply built again.

BASE_MODULES=account,account_payment,payment_demo,sms,portal
LANGUAGES=en_US,fr_FR,de_DE
FILESTORE=$STATE/data/filestore

# Tell Odoo what differs between machines; everything else stands in odoo.conf.
configure_odoo() {
  export ODOO_RC=$REPO/odoo.conf ODOO_ADDONS_PATH=$ODOO_PATH/odoo/addons,$REPO/addons
  [[ ! -d $ODOO_PATH/addons ]] || ODOO_ADDONS_PATH=$ODOO_PATH/addons,$ODOO_ADDONS_PATH
  export ODOO_DATA_DIR=$STATE/data ODOO_SCREENSHOTS=$STATE/screenshots PATH=$VENV/bin:$PATH
}

# Addons that have a manifest, comma-separated.
our_addons() {
  local manifest
  for manifest in "$REPO"/addons/*/__manifest__.py; do
    [[ ! -e $manifest ]] || basename "$(dirname "$manifest")"
  done | paste -sd,
}

# On a server that others use too, the name also says whose files belong to the database.
base_key() {
  { echo "$ODOO_ID $BASE_MODULES $LANGUAGES ${GIVEN_PGHOST:+$STATE}" && cat "$REPO/requirements/run.txt"; } | short_hash
}

# addons_key [ADDON…]: of everything in these addons that decides what gets installed. Their Python
# tests do not, so editing a test keeps the template.
addons_key() {
  (
    cd "$REPO/addons" || exit 1
    find "${@:-.}" -type f ! -name '*.pyc' \( ! -path '*/tests/*' -o -path '*/static/tests/*' \) -print0 |
      sort -z | xargs -0r sha256sum
  ) | short_hash
}

database_exists() { [[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }

database_comment() {
  sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"
}

comment_database() { sql "COMMENT ON DATABASE \"$1\" IS '$2'"; }

drop_database() {
  sql "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" && rm -rf "${FILESTORE:?}/$1"
}

# clone_database FROM TO: the filestore by hard links, because its files never change.
clone_database() {
  drop_database "$2"
  sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\""
  mkdir -p "$FILESTORE"
  [[ ! -d $FILESTORE/$1 ]] || cp -al "$FILESTORE/$1" "$FILESTORE/$2"
}

rename_database() {
  rm -rf "${FILESTORE:?}/$2"
  [[ ! -d $FILESTORE/$1 ]] || mv "$FILESTORE/$1" "$FILESTORE/$2"
  sql "ALTER DATABASE \"$1\" RENAME TO \"$2\""
}

# install_addons DATABASE ADDONS LOG: fails on any warning of the installation that is not known.
# LOG is where the caller sends the output.
install_addons() {
  "$VENV/bin/odoo" -d "$1" -i "$2" --with-demo --stop-after-init --no-http --max-cron-threads=0 &&
    "$VENV/bin/python" "$LIB/check_log.py" "$3"
}

build_bundles() { "$VENV/bin/odoo" shell -d "$1" --no-http <"$LIB/build_bundles.py"; }

# Sets BASE_TEMPLATE.
ensure_base_template() {
  local building
  BASE_TEMPLATE=odoo19_$(base_key)
  database_exists "$BASE_TEMPLATE" && return
  [[ -n $GIVEN_PGHOST ]] || drop_old_templates "%"
  building=${BASE_TEMPLATE}_building
  drop_database "$building"
  step "Installing Odoo's modules with demo data (once)" "$LOGS/base.log" \
    "$VENV/bin/odoo" -d "$building" -i "$BASE_MODULES" --load-language="$LANGUAGES" --with-demo \
    --stop-after-init --no-http --max-cron-threads=0 ||
    die "Odoo could not make its database: see $LOGS/base.log"
  step "Building Odoo's web pages (once)" "$LOGS/bundles.log" build_bundles "$building" ||
    die "the web bundles could not be built: see $LOGS/bundles.log"
  rename_database "$building" "$BASE_TEMPLATE"
}

# ensure_template WHICH [ADDON…]: sets TEMPLATE, a database with these of our addons (all of them
# without names) and what they need. Older templates of the same kind are dropped.
ensure_template() {
  local which=$1 addons
  shift
  ensure_base_template
  addons=$(our_addons)
  (($# == 0)) || addons=$(IFS=, && echo "$*")
  if [[ -z $addons ]]; then
    TEMPLATE=$BASE_TEMPLATE
    return
  fi
  TEMPLATE=${BASE_TEMPLATE}_${which}_$(addons_key "$@")
  database_exists "$TEMPLATE" && return
  drop_old_templates "%\\_${which}\\_%"
  build_template "$TEMPLATE" "$addons" "$which"
}

# ensure_template_of_today: the one with all our addons. Demo invoices are due relative to the day
# they were made, so a template of another day is made again.
ensure_template_of_today() {
  ensure_template all
  if [[ $(database_comment "$TEMPLATE") != "$(date +%F)" && $TEMPLATE != "$BASE_TEMPLATE" ]]; then
    drop_database "$TEMPLATE"
    ensure_template all
  fi
}

build_template() {
  local building=$1_building log=$LOGS/install-$3.log
  clone_database "$BASE_TEMPLATE" "$building"
  step "Installing $2" "$log" install_addons "$building" "$2" "$log" ||
    die "installing $2 failed: see $log"
  if [[ $3 = all ]]; then
    step "Building the web pages" "$LOGS/bundles.log" build_bundles "$building" ||
      die "the web bundles could not be built: see $LOGS/bundles.log"
  fi
  rename_database "$building" "$1"
  comment_database "$1" "$(date +%F)"
}

# test_database LABEL: clone TEMPLATE for one run and set DATABASE to its name, which holds the
# number of this process. Databases of runs that were killed are dropped first.
test_database() {
  local old
  for old in $(test_databases); do
    [[ ! $old =~ ^test_[0-9a-f]+_([0-9]+)_ ]] || kill -0 "${BASH_REMATCH[1]}" 2>/dev/null || drop_database "$old"
  done
  DATABASE=$(test_prefix)_$$_${1}_$BASHPID
  clone_database "$TEMPLATE" "$DATABASE"
}

test_prefix() { echo "test_$(short_hash <<<"$STATE" | cut -c1-4)"; }

test_databases() {
  local like
  like=$(test_prefix)_
  sql "SELECT datname FROM pg_database WHERE datname LIKE '${like//_/\\_}%'"
}

drop_test_databases() {
  local name
  for name in $(test_databases); do
    [[ $name != "$(test_prefix)_$$_"* ]] || drop_database "$name" || true
  done
}

# Templates nobody will clone again. On a server that others use, only those of the same base.
drop_old_templates() {
  local like=$1 name
  [[ -z $GIVEN_PGHOST ]] || like=${BASE_TEMPLATE//_/\\_}$like
  for name in $(sql "SELECT datname FROM pg_database WHERE datname LIKE 'odoo19\\_%' AND datname LIKE '$like'"); do
    drop_database "$name"
  done
}
