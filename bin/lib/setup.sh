# shellcheck shell=bash
# Everything a command needs before it can talk to Odoo, in order. Sourced by bin/*.

set -euo pipefail
_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$_lib/common.sh"
. "$_lib/apt.sh"
. "$_lib/python_env.sh"
. "$_lib/odoo_source.sh"
. "$_lib/postgres.sh"
. "$_lib/databases.sh"

# prepare run|test: Odoo, Python packages and PostgreSQL are there. The state stays locked, so that
# databases can be made; call unlock_state before the long part.
prepare() {
  lock_state
  ensure_odoo
  "ensure_$1_packages"
  link_odoo
  hold_postgres
  at_exit release_postgres
  ensure_postgres
  configure_odoo
}
