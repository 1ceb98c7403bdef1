"""What a newcomer reads: help texts and refusals."""

import socket

import pytest

from .shell import COMMANDS, ROOT, command, sourced


# bin/odoo goes on to Odoo's own help, for which it needs Odoo.
@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"odoo"}))
def test_every_command_explains_itself_without_setting_anything_up(name, tmp_path):
    state = tmp_path / "state"
    result = command(name, "--help", ODOO_HOME=str(state))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"bin/{name}")
    assert len(result.stdout.splitlines()) >= 4
    assert not state.exists()


def test_help_names_every_port_variable():
    text = command("run", "--help").stdout
    for variable in ("ODOO_PORT", "SANDBOX_BANK_PORT", "MAIL_SMTP_PORT", "MAIL_WEB_PORT"):
        assert variable in text


def test_an_unknown_argument_is_refused_before_anything_starts(tmp_path):
    result = command("run", "--twice", ODOO_HOME=str(tmp_path))
    assert result.returncode == 1
    assert "unknown argument --twice" in result.stderr
    assert not list(tmp_path.iterdir())


def test_an_unknown_benchmark_names_the_known_ones(tmp_path):
    result = command("bench", "moonshot", ODOO_HOME=str(tmp_path))
    assert result.returncode == 1
    assert "there is no benchmark 'moonshot'" in result.stderr


def test_a_taken_port_is_named_with_the_variable_that_moves_it(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = command("run", "--once", ODOO_HOME=str(tmp_path), SANDBOX_BANK_PORT=port)
    assert result.returncode == 1
    assert f"port {port} is taken" in result.stderr
    assert "SANDBOX_BANK_PORT=" in result.stderr


def test_stop_without_anything_running_says_so(tmp_path):
    result = command("run", "--stop", ODOO_HOME=str(tmp_path))
    assert result.returncode == 0
    assert "nothing was running" in result.stderr


def test_a_machine_without_a_fitting_python_is_told_what_to_install(tmp_path):
    result = sourced(
        "python_fits() { false; }; find_python", tmp_path, "common", "apt", "python_env"
    )
    assert result.returncode == 1
    assert "apt-get install python3 python3-venv" in result.stderr


def test_a_machine_without_chromium_is_told_what_to_install(tmp_path):
    script = (
        "make_state_dir; has_browser() { false; }; unpack_chromium() { false; }; "
        "ensure_browser required"
    )
    result = sourced(script, tmp_path, "setup", "browser")
    assert result.returncode == 1
    assert "apt-get install chromium" in result.stderr


def test_going_on_without_chromium_is_announced(tmp_path):
    script = "has_browser() { false; }; ensure_browser optional"
    result = sourced(script, tmp_path, "setup", "browser")
    assert result.returncode == 0
    assert "browser tests are skipped" in result.stderr


def test_a_path_that_holds_no_odoo_is_refused(tmp_path):
    script = f"ODOO_SOURCE={tmp_path}; ensure_odoo"
    result = sourced(script, tmp_path, "setup")
    assert result.returncode == 1
    assert "holds no Odoo 19" in result.stderr


def test_arguments_reach_the_right_part_of_the_suite(tmp_path):
    script = (
        "sort_arguments -k window tests/provisioning addons/bank_sync -x; choose_parts all\n"
        'echo "${PYTEST_ARGUMENTS[*]} | ${PLAIN_PATHS[*]} | ${ODOO_PATHS[*]} | ${PARTS[*]}"'
    )
    result = sourced(script, tmp_path, "setup", "testing")
    expected = "-k window -x | tests/provisioning | addons/bank_sync | plain addons"
    assert result.stdout.strip() == expected


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ("", "addons end_to_end plain alone"),
        ("-k window", "addons end_to_end plain"),
        ("tests/end_to_end", "end_to_end"),
        ("tests/faults", "end_to_end"),
        ("tests/faults/test_chaos.py tests/bank_sync", "plain end_to_end"),
        ("addons/bank_sync/tests", "addons"),
    ],
)
def test_only_what_was_asked_for_is_run(tmp_path, arguments, parts):
    script = f'sort_arguments {arguments}; choose_parts all; echo "${{PARTS[*]}}"'
    assert sourced(script, tmp_path, "setup", "testing").stdout.strip() == parts


def test_shell_files_are_small_and_say_what_they_are_for():
    for path in [*(ROOT / "bin" / "lib").glob("*.sh"), *(ROOT / "bin" / name for name in COMMANDS)]:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 220, path
        assert lines[1].startswith("# "), path
