"""The whole system on this machine: starts it, starts again what ended, leaves nothing behind.

Ready means that every address printed answers. ``stack.json`` is written then, and removed when
the stack stops.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO

from devstack.backing.choice import Server, kafka_for_stack, postgres_for_stack
from devstack.backing.databases import blocking, ensure_database
from devstack.backing.errors import StackError
from devstack.backing.ports import wait_until
from devstack.backing.topics import create_topics
from devstack.processes import last_lines, spawn
from devstack.stack import files, folder
from devstack.stack.children import Child, Restartable, Watched
from devstack.stack.environment import Backing, service_environment
from devstack.stack.keys import ensure_keys
from devstack.stack.layout import ROOT, Layout
from devstack.stack.report import Report
from devstack.stack.secrets import Secrets, load_secrets, save_secrets

SERVICES = ("incident-api", "dispatcher", "escalation")
READY_SECONDS = 60
STOP_SECONDS = 20
LOOK_EVERY_SECONDS = 0.1


class Stack:
    """One stack in one folder. Use it from the main thread (see :mod:`devstack.processes`)."""

    secrets: Secrets
    backing: Backing

    def __init__(self, layout: Layout, report: Report, *, fresh: bool = False) -> None:
        self.layout = layout
        self.report = report
        self.told_to_stop = False
        self._fresh = fresh
        self._lock: IO[str] | None = None
        self._servers: list[Server] = []
        self._children: list[Child] = []
        self._restartable: dict[str, Restartable] = {}
        self._watched: list[Watched] = []

    def start(self) -> None:
        """Everything up and answering, or :class:`StackError`; call :meth:`stop` either way."""
        self._lock = folder.take(self.layout)
        if self._fresh:
            folder.empty(self.layout)
        folder.check_ports(self.layout)
        self.secrets = load_secrets(self.layout.folder)
        postgres_url, bootstrap = self._start_postgres(), self._start_kafka()
        self.backing = self._prepare(postgres_url, bootstrap)
        self._start_children()
        self._make_keys()
        self._write_files()

    def _start_postgres(self) -> str:
        with self.report.step("PostgreSQL: starting") as step:
            server = postgres_for_stack(
                self.layout.folder / "postgres", self.layout.port("postgres")
            )
            self._servers.append(server)
            server.start()
            step.result = f"{server.origin}, at {server.url.rpartition('@')[2]}"
        self._restartable["postgres"] = server
        return server.url

    def _start_kafka(self) -> str:
        with self.report.step("Kafka: fetching what it needs and starting") as step:
            server = kafka_for_stack(
                self.layout.folder / "kafka",
                self.layout.port("kafka"),
                self.layout.port("kafka-controller"),
                step.progress,
            )
            self._servers.append(server)
            server.start()
            step.result = f"{server.origin}, at {server.bootstrap}"
        self._restartable["kafka"] = server
        return server.bootstrap

    def _prepare(self, postgres_url: str, bootstrap: str) -> Backing:
        with self.report.step("Topics, databases and their schemas") as step:
            databases = {name: blocking(ensure_database(postgres_url, name)) for name in SERVICES}
            backing = Backing(bootstrap, databases)
            migrations = [self._migration(name, backing) for name in SERVICES]
            blocking(create_topics(bootstrap))
            for name, process in zip(SERVICES, migrations, strict=True):
                self._finish_migration(name, process)
            step.result = "Topics as in the registry; three databases at their newest schema"
        return backing

    def _migration(self, service: str, backing: Backing) -> subprocess.Popen[bytes]:
        return spawn(
            [*python_of(service), "migrate"],
            log=self.layout.log(service),
            env=self._environment(service, backing),
        )

    def _finish_migration(self, service: str, process: subprocess.Popen[bytes]) -> None:
        if process.wait(timeout=READY_SECONDS) != 0:
            log = self.layout.log(service)
            raise StackError(f"{service} could not migrate; {log} ends:\n{last_lines(log)}")

    def _environment(self, service: str, backing: Backing) -> dict[str, str]:
        return service_environment(service, self.layout, self.secrets, backing, os.environ)

    def _start_children(self) -> None:
        with self.report.step("incident-api, dispatcher, escalation and the sandbox") as step:
            self._children = [self._sandbox(), *map(self._service, SERVICES)]
            for child in self._children:
                self._restartable[child.name] = child
                child.launch()
            for child in self._children:
                self._wait_for(child)
            step.result = "incident-api, dispatcher, escalation and the provider sandbox answer"
        now = time.monotonic()
        self._watched = [Watched(name, what, now) for name, what in self._restartable.items()]

    def _sandbox(self) -> Child:
        layout = self.layout
        command = [
            sys.executable, "-m", "devstack.sandbox",
            "--http-port", str(layout.port("sandbox")),
            "--smtp-port", str(layout.port("sandbox-smtp")),
            "--journal", str(layout.folder / "journal.jsonl"),
            "--dispatcher-url", layout.url("dispatcher"),
            "--dispatcher-lmtp", str(layout.port("dispatcher-lmtp")),
            "--slack-token", self.secrets.slack_bot_token,
            "--slack-signing-secret", self.secrets.slack_signing_secret,
            "--twilio-account-sid", self.secrets.twilio_account_sid,
            "--twilio-auth-token", self.secrets.twilio_auth_token,
            "--webhook-secret", self.secrets.webhook_secret,
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        ready = f"{layout.url('sandbox')}/messages?limit=1"
        return Child("sandbox", command, environment, layout.log("sandbox"), ready)

    def _service(self, name: str) -> Child:
        return Child(
            name,
            python_of(name),
            self._environment(name, self.backing),
            self.layout.log(name),
            f"{self.layout.url(name)}/readyz",
        )

    def _wait_for(self, child: Child) -> None:
        done = wait_until(lambda: child.ended() or child.ready(), seconds=READY_SECONDS)
        if not done or child.ended():
            raise StackError(
                f"{child.name} did not come up; {child.log} ends:\n{last_lines(child.log)}"
            )

    def _make_keys(self) -> None:
        if ensure_keys(self.layout.url("incident-api"), self.secrets):
            save_secrets(self.layout.folder, self.secrets)

    def _write_files(self) -> None:
        document = files.described(self.layout, self.backing, self.secrets.api_keys, self._pids())
        files.write(self.layout.stack_file, document)
        files.write(self.layout.newest_stack_file, document)

    def _pids(self) -> dict[str, list[int]]:
        running = {
            name: what.process.pid for name, what in self._restartable.items() if what.process
        }
        return {"supervisor": [os.getpid()], **{name: [pid] for name, pid in running.items()}}

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Start again what ends, until ``until`` says so."""
        while not (self.told_to_stop or until()):
            now = time.monotonic()
            looked = [watched.look(now, self.report.say) for watched in self._watched]
            if any(looked):
                self._write_files()
            time.sleep(LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """End everything that was started, services first; safe to call at any point."""
        for path in (self.layout.newest_stack_file, self.layout.stack_file):
            files.remove_if_ours(path, os.getpid())
        for child in self._children:
            if child.process is not None and child.process.poll() is None:
                child.process.terminate()
        for child in self._children:
            child.stop(STOP_SECONDS)
        for server in reversed(self._servers):
            server.stop()
        if self._lock is not None:
            self._lock.close()


def python_of(service: str) -> Sequence[str]:
    return [sys.executable, "-m", service.replace("-", "_")]
