"""Apache Kafka's own jars, fetched once by exact coordinates and checked by SHA-256.

``kafka-jars.txt`` names every jar. Resolving the dependencies anew would ask for more than the
broker needs, and could pick another kafka-clients, so nothing is resolved: the list is the answer.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import ssl
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from jgo.maven import MavenContext

from devstack.backing.errors import StackError

LIST = Path(__file__).with_name("kafka-jars.txt")
ATTEMPTS = 3
THREADS = 12

SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Debian and its kin; Fedora and its kin."""

Progress = Callable[[int, int], None]
"""Called with (jars there, jars needed)."""


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def cache_folder() -> Path:
    """``TOCSIN_CACHE``, else the user's cache folder."""
    chosen = os.environ.get("TOCSIN_CACHE")
    return Path(chosen) if chosen else platformdirs.user_cache_path("tocsin")


def listed(text: str) -> list[Jar]:
    """Parse lines of ``group:artifact:version sha256``; ``#`` starts a comment."""
    return [_jar(line) for line in text.splitlines() if line and not line.startswith("#")]


def _jar(line: str) -> Jar:
    coordinates, sha256 = line.split()
    group, artifact, version = coordinates.split(":")
    return Jar(group, artifact, version, sha256)


def kafka_jars(progress: Progress = lambda *_: None) -> list[Path]:
    """Every jar of the broker on this machine, fetching what is missing."""
    jars = listed(LIST.read_text())
    folder = cache_folder() / "kafka-jars"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [jar for jar in jars if not (folder / jar.file_name).exists()]
    progress(len(jars) - len(missing), len(jars))
    if missing:
        _fetch_all(
            missing, folder, lambda done: progress(len(jars) - len(missing) + done, len(jars))
        )
    return [folder / jar.file_name for jar in jars]


def _fetch_all(jars: list[Jar], folder: Path, done: Callable[[int], None]) -> None:
    logging.getLogger("jgo").setLevel(logging.ERROR)
    trust_what_this_machine_trusts()
    with _staging(folder) as staging, ThreadPoolExecutor(THREADS) as pool:
        fetches = [pool.submit(_fetch, jar, staging, folder) for jar in jars]
        for count, fetch in enumerate(as_completed(fetches), start=1):
            if fetch.exception() is not None:
                pool.shutdown(cancel_futures=True)
            fetch.result()
            done(count)


def trust_what_this_machine_trusts() -> None:
    """Let requests use the system's certificates, where a company's own authority would be."""
    candidates = (ssl.get_default_verify_paths().cafile, *SYSTEM_CERTIFICATES)
    found = [path for path in candidates if path and Path(path).exists()]
    if found:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", found[0])


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    # Beside the final place, so that the last step is a rename: a broken fetch leaves no jar.
    staging = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fetch(jar: Jar, staging: Path, folder: Path) -> None:
    problem: Exception | None = None
    for attempt in range(ATTEMPTS):
        try:
            fetched = _download(jar, staging / f"{jar.file_name}-{attempt}")
        except Exception as error:
            problem = error
            continue
        _check(jar, fetched)
        fetched.replace(folder / jar.file_name)
        return
    raise StackError(
        f"Apache Kafka's {jar.file_name} could not be fetched ({problem}). Check the network, or "
        "name a broker of your own in TOCSIN_KAFKA_BOOTSTRAP."
    ) from problem


def _download(jar: Jar, into: Path) -> Path:
    project = MavenContext(repo_cache=into, timeout=60).project(jar.group, jar.artifact)
    return Path(project.at_version(jar.version).artifact().resolve())


def _check(jar: Jar, fetched: Path) -> None:
    found = hashlib.sha256(fetched.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise StackError(
            f"{jar.file_name} is not the file Tocsin was built with: its SHA-256 is {found}, "
            f"expected {jar.sha256}. Something between here and the repository changed it."
        )
