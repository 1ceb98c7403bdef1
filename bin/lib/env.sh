# shellcheck shell=bash
# For commands that need Python but neither Odoo nor PostgreSQL (bin/statement, bin/test core):
#   . "$(dirname "$0")/lib/env.sh"
#   python=$(core_python)
#   exec "$python" …
# Everything that is said while packages are being fetched goes to stderr.

set -euo pipefail
_lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$_lib/common.sh"
. "$_lib/apt.sh"
. "$_lib/python_env.sh"

# Print the interpreter of the small environment, making it first where needed (about 10 s, once).
core_python() {
  lock_state
  ensure_core_packages
  unlock_state
  echo "$CORE_VENV/bin/python"
}
