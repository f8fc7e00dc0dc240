"""A Postfix of a test's own: its queue in a folder, its port on this machine, nothing leaves it.

It takes mail from this machine, hands on by LMTP what the test names, and returns the rest.
Source of the files: postconf(5), master(5); Debian keeps its daemons in ``/usr/lib/postfix/sbin``.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

DAEMONS = Path("/usr/lib/postfix/sbin")
OWNER, GROUP = "postfix", "postdrop"
PRIVATE = [
    "active",
    "bounce",
    "corrupt",
    "defer",
    "deferred",
    "flush",
    "hold",
    "incoming",
    "saved",
    "trace",
    "private",
]
SERVICES = """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


def why_not() -> str | None:
    """Why there can be none here."""
    if not (DAEMONS / "master").exists():
        return "Postfix is not installed"
    return None if os.geteuid() == 0 else "Postfix has to be started by root"


@asynccontextmanager
async def postfix(lmtp_ports: Mapping[str, int]) -> AsyncIterator[int]:
    """The port of one that hands mail for each domain to the LMTP port named with it."""
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    port = _free_port()
    _write(folder, port, lmtp_ports)
    command = [str(DAEMONS / "master"), "-c", str(folder / "conf"), "-d"]
    master = await asyncio.create_subprocess_exec(*command)
    try:
        await _listens(port)
        yield port
    finally:
        master.terminate()
        await master.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, port: int, lmtp_ports: Mapping[str, int]) -> None:
    folder.chmod(0o755)
    owner = pwd.getpwnam(OWNER).pw_uid
    for name in ("conf", "data", "queue", "queue/pid", "queue/public", "queue/maildrop"):
        (folder / name).mkdir()
    for name in PRIVATE:
        (folder / "queue" / name).mkdir(mode=0o700)
    for name in ("data", "queue/public", *(f"queue/{name}" for name in PRIVATE)):
        os.chown(folder / name, owner, -1)
    master = f"127.0.0.1:{port} inet n - n - - smtpd\n{SERVICES}"
    (folder / "conf/master.cf").write_text(master)
    (folder / "conf/main.cf").write_text(_main(folder, lmtp_ports))


def _main(folder: Path, lmtp_ports: Mapping[str, int]) -> str:
    ways = ", ".join(f"{name}=lmtp:inet:127.0.0.1:{port}" for name, port in lmtp_ports.items())
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": folder / "queue",
        "data_directory": folder / "data",
        "daemon_directory": DAEMONS,
        "maillog_file": folder / "mail.log",
        "maillog_file_prefixes": folder.parent,
        "mail_owner": OWNER,
        "setgid_group": GROUP,
        "inet_interfaces": "127.0.0.1",
        "myhostname": "mx.test",
        "mydestination": "",
        "local_recipient_maps": "",
        "alias_maps": "",
        "alias_database": "",
        "mynetworks": "127.0.0.0/8",
        "relay_domains": ", ".join(lmtp_ports),
        "transport_maps": f"inline:{{{ways}}}",
        "default_transport": "error:nothing leaves this machine",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


async def _listens(port: int) -> None:
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise TimeoutError("Postfix does not listen")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
