"""A whole house for a test: Odoo, sandbox bank and mail sink as processes of their own."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

import psycopg2
import requests

ROOT = pathlib.Path(__file__).parents[2]
LIB = ROOT / "bin" / "lib"


def free_port():
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def flags(**options):
    """Return options as a command line has them.

    >>> flags(smtp_port=25, folder="mails")
    ['--smtp-port', '25', '--folder', 'mails']
    """
    pairs = ((f"--{name.replace('_', '-')}", str(value)) for name, value in options.items())
    return [word for pair in pairs for word in pair]


class Server:
    """A process of the house: started, waited for, and stopped by its process id."""

    def __init__(self, name, command, health, log_dir):
        self.name = name
        self.command = [str(part) for part in command]
        self.health = health
        self.log = log_dir / f"{name}.log"
        self.popen = None

    def start(self):
        """Start it and wait until it answers.

        :raise RuntimeError: when it does not, with the end of its log
        """
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        for _attempt in range(600):
            if self.popen.poll() is not None:
                break
            try:
                requests.get(self.health, timeout=5).raise_for_status()
            except requests.RequestException:
                time.sleep(0.2)
            else:
                return
        message = f"{self.name} did not come up:\n{self.log.read_text()[-3000:]}"
        raise RuntimeError(message)

    def stop(self, how=signal.SIGTERM):
        """End it; ``SIGKILL`` gives it no chance to tidy up."""
        if self.popen and self.popen.poll() is None:
            os.killpg(self.popen.pid, how)
            self.popen.wait(timeout=60)


class House:
    """The servers, and the main job that visits them."""

    def __init__(self, database, folder):
        odoo, gevent, bank, smtp, web = (free_port() for _server in range(5))
        self.database = database
        self.mail_dir = folder / "mails"
        self.odoo_url = f"http://127.0.0.1:{odoo}"
        self.bank_url = f"http://127.0.0.1:{bank}"
        python = pathlib.Path(sys.executable)
        self.bank = Server(
            "sandbox_bank",
            [python, "-m", "sandbox_bank", *flags(port=bank, database=folder / "bank.sqlite")],
            f"{self.bank_url}/",
            folder,
        )
        sink_flags = flags(folder=self.mail_dir, smtp_port=smtp, web_port=web)
        self.mail_sink = Server(
            "mail_sink",
            [python, LIB / "mail_sink.py", *sink_flags],
            f"http://127.0.0.1:{web}/health",
            folder,
        )
        odoo_flags = flags(
            database=database,
            db_filter=f"^{database}$",
            http_port=odoo,
            gevent_port=gevent,
            max_cron_threads=0,
            smtp="127.0.0.1",
            smtp_port=smtp,
        )
        self.odoo = Server(
            "odoo", [python.with_name("odoo"), *odoo_flags], f"{self.odoo_url}/web/health", folder
        )

    def start(self):
        """Start all servers; links in mails lead to this house's port."""
        with psycopg2.connect(dbname=self.database) as connection, connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'",
                (self.odoo_url,),
            )
        connection.close()
        for server in (self.bank, self.mail_sink, self.odoo):
            server.start()

    def stop(self):
        """Stop all servers."""
        for server in (self.odoo, self.mail_sink, self.bank):
            server.stop()

    def begin_main_job(self):
        """Start the main job and return its process."""
        job_flags = flags(
            odoo=self.odoo_url,
            database=self.database,
            bank=self.bank_url,
            mail_dir=self.mail_dir,
        )
        return subprocess.Popen(
            [sys.executable, str(LIB / "main_job.py"), *job_flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def main_job(self):
        """Run the main job; return its summary and its exit code."""
        job = self.begin_main_job()
        output, told = job.communicate(timeout=600)
        assert output.strip(), told
        return json.loads(output.splitlines()[-1]), job.returncode
