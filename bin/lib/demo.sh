# shellcheck shell=bash
# The database and the servers of bin/run. Needs setup.sh, services.sh.

DEMO=demo
ODOO_PORT=${ODOO_PORT:-8069}
SANDBOX_BANK_PORT=${SANDBOX_BANK_PORT:-8070}
MAIL_SMTP_PORT=${MAIL_SMTP_PORT:-8025}
MAIL_WEB_PORT=${MAIL_WEB_PORT:-8026}
ODOO_URL=http://127.0.0.1:$ODOO_PORT
BANK_URL=http://127.0.0.1:$SANDBOX_BANK_PORT
MAIL_URL=http://127.0.0.1:$MAIL_WEB_PORT
BANK_LEDGER=$STATE/sandbox_bank.sqlite
MAIL_DIR=$STATE/mails

need_free_ports() {
  need_free_port "$ODOO_PORT" ODOO_PORT Odoo
  need_free_port "$SANDBOX_BANK_PORT" SANDBOX_BANK_PORT "the sandbox bank"
  need_free_port "$MAIL_SMTP_PORT" MAIL_SMTP_PORT "the mail sink"
  need_free_port "$MAIL_WEB_PORT" MAIL_WEB_PORT "the mail page"
}

# A comment on the demo database says which template it was made from, and that it is ours.
# ensure_demo: it exists and runs the addons as they are now.
ensure_demo() {
  local made_from wanted
  ensure_base_template
  wanted=${BASE_TEMPLATE}_all_$(addons_key)
  made_from=$(database_comment "$DEMO")
  if [[ $made_from = "$wanted" ]]; then
    return
  elif [[ $made_from = "${BASE_TEMPLATE}"_* ]]; then
    update_demo
  elif database_exists "$DEMO" && [[ $made_from != odoo19_* ]]; then
    die "the server at $PGHOST has a database '$DEMO' that bin/run did not make: rename it, or give another server"
  else
    new_demo
  fi
  comment_database "$DEMO" "$wanted"
}

update_demo() {
  local log=$LOGS/update-demo.log addons
  addons=$(our_addons)
  step "Updating the addons in the demo database" "$log" \
    "$VENV/bin/odoo" -d "$DEMO" -i "$addons" -u "$addons" --stop-after-init --no-http --max-cron-threads=0 ||
    die "updating the addons failed: see $log; bin/run --reset starts with a new database"
}

new_demo() {
  ensure_template_of_today
  forget_demo
  clone_database "$TEMPLATE" "$DEMO"
}

# The books, the bank's ledger and the mails belong together.
forget_demo() {
  drop_database "$DEMO"
  rm -f "$BANK_LEDGER" "$BANK_LEDGER"-*
  rm -rf "$MAIL_DIR"
}

# Links in mails must lead to the port Odoo listens on.
set_base_url() {
  sql "UPDATE ir_config_parameter SET value = '$ODOO_URL' WHERE key = 'web.base.url'" "$DEMO"
}

start_servers() {
  cd "$REPO" || die "$REPO is gone"
  if [[ -e sandbox_bank/__main__.py ]]; then
    start_service sandbox_bank "$VENV/bin/python" -m sandbox_bank --port "$SANDBOX_BANK_PORT" --database "$BANK_LEDGER"
  fi
  start_service mail_sink "$VENV/bin/python" "$LIB/mail_sink.py" --folder "$MAIL_DIR" \
    --smtp-port "$MAIL_SMTP_PORT" --web-port "$MAIL_WEB_PORT"
  start_service odoo "$VENV/bin/odoo" -d "$DEMO" --db-filter "^$DEMO\$" --http-port "$ODOO_PORT" \
    --smtp 127.0.0.1 --smtp-port "$MAIL_SMTP_PORT"
  wait_for_service mail_sink "$MAIL_URL/health" 60
  [[ ! -e sandbox_bank/__main__.py ]] || wait_for_service sandbox_bank "$BANK_URL/" 60
  wait_for_service odoo "$ODOO_URL/web/health" 180
}

# Prints the job's JSON summary.
main_job() {
  if [[ ! -e $LIB/main_job.py ]]; then
    warn "bin/lib/main_job.py is missing: the main job did not run"
    printf '{"problems": ["no main job"]}\n'
    return 1
  fi
  "$VENV/bin/python" "$LIB/main_job.py" --odoo "$ODOO_URL" --database "$DEMO" --bank "$BANK_URL" \
    --mail-dir "$MAIL_DIR" --mail-url "$MAIL_URL" </dev/null
}
