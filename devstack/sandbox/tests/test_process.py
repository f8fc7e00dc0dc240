"""The sandbox as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "devstack.sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_says_where_it_listens_and_ends_when_told() -> None:
    process = start("--http-port", "0", "--smtp-port", "0")
    assert process.stdout is not None
    said = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert "http://127.0.0.1:" in said
    assert process.returncode == 0


def test_a_taken_port_is_one_clear_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = start("--http-port", port, "--smtp-port", "0")
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 1
    assert errors.startswith("The sandbox cannot listen")
    assert "Traceback" not in errors
