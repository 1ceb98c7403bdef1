"""Waiting, failing, being interrupted, and two commands at once."""

import os
import signal
import subprocess
import time

from .shell import ROOT, clean_environment, sourced


def test_a_failed_step_shows_the_end_of_its_log_and_keeps_its_status(tmp_path):
    script = 'step "Cooking" "$LOGS/x.log" bash -c "echo too hot; exit 7" || exit $?'
    result = sourced(script, tmp_path, "common")
    assert result.returncode == 7
    assert "Cooking: failed after" in result.stderr
    assert "too hot" in result.stderr


def test_a_step_says_how_long_it_took(tmp_path):
    result = sourced('step "Resting" "$LOGS/x.log" true', tmp_path, "common")
    assert result.returncode == 0
    assert "Resting: done in 0 s" in result.stderr


def test_an_interrupted_step_never_counts_as_done(tmp_path):
    """Odoo ends with status 0 when it is interrupted; what follows must not happen."""
    polite = "trap 'exit 0' INT; echo started; for i in {1..100}; do sleep 0.1; done"
    script = f'''. "{ROOT}/bin/lib/common.sh"
step "Installing" "$LOGS/x.log" bash -c "{polite}"
touch "{tmp_path}/done"'''
    # Where the tests themselves run in the background, Ctrl-C is ignored and would be inherited so.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        ["bash", "-c", script],
        env=clean_environment(ODOO_HOME=str(tmp_path)),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, inherited)
    log = tmp_path / "log" / "x.log"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (log.exists() and "started" in log.read_text()):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
    assert process.wait(timeout=20) == 130
    assert not (tmp_path / "done").exists()


def test_two_commands_prepare_one_after_the_other(tmp_path):
    script = f'''. "{ROOT}/bin/lib/common.sh"
lock_state
echo begin >>"{tmp_path}/order"; sleep 0.5; echo end >>"{tmp_path}/order"
unlock_state'''
    environment = clean_environment(ODOO_HOME=str(tmp_path))
    both = [subprocess.Popen(["bash", "-c", script], env=environment) for _ in range(2)]
    assert [process.wait(timeout=30) for process in both] == [0, 0]
    assert (tmp_path / "order").read_text().split() == ["begin", "end", "begin", "end"]


def test_a_killed_command_leaves_no_lock(tmp_path):
    script = (
        f'. "{ROOT}/bin/lib/common.sh"; lock_state; touch "{tmp_path}/locked"; read -r _ </dev/zero'
    )
    process = subprocess.Popen(
        ["bash", "-c", script], env=clean_environment(ODOO_HOME=str(tmp_path))
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (tmp_path / "locked").exists():
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert sourced("lock_state", tmp_path, "common").returncode == 0


def test_a_full_disk_is_named_before_the_work_begins(tmp_path):
    result = sourced('make_state_dir; need_space 999999999 "a moon"', tmp_path, "common")
    assert result.returncode == 1
    assert "a moon needs 999999999 MB" in result.stderr


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(tmp_path):
    (tmp_path / "file").touch()
    result = sourced("make_state_dir", tmp_path / "file" / "state", "common")
    assert result.returncode == 1
    assert "set ODOO_HOME" in result.stderr


def test_a_process_number_given_to_somebody_else_is_not_ours(tmp_path):
    """After a crash the system may have given the number in the pid file to any program."""
    innocent = subprocess.Popen(["sleep", "60"])
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "odoo.pid").write_text(f"{innocent.pid} 1\n")
    try:
        result = sourced("stop_leftovers", tmp_path, "common", "services")
        assert result.returncode == 0, result.stderr
        assert innocent.poll() is None
        assert not (tmp_path / "run" / "odoo.pid").exists()
    finally:
        innocent.kill()
        innocent.wait()


def test_a_service_is_started_and_stopped_by_its_own_number(tmp_path):
    script = """make_state_dir
start_service nap sleep 60
pid=$(running_pid nap)
stop_services
! kill -0 "$pid" 2>/dev/null && ! running_pid nap && echo gone"""
    result = sourced(script, tmp_path, "common", "services")
    assert result.stdout.strip() == "gone", result.stderr


def test_a_service_that_will_not_end_is_ended(tmp_path):
    script = """STOP_SECONDS=1
make_state_dir
start_service deaf bash -c "trap '' TERM; while true; do sleep 0.2; done"
pid=$(running_pid deaf)
sleep 0.3
stop_services
sleep 0.2
kill -0 "$pid" 2>/dev/null || echo gone"""
    result = sourced(script, tmp_path, "common", "services")
    assert result.stdout.strip() == "gone", result.stderr
