"""``stack.json``: what runs, where, and with which keys, for people, scripts and tests."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from devstack.stack.environment import Backing
from devstack.stack.layout import Layout


def described(
    layout: Layout, backing: Backing, keys: Mapping[str, str], pids: Mapping[str, Sequence[int]]
) -> dict[str, Any]:
    """The document; every address in it answers once it is written."""
    api = layout.url("incident-api")
    return {
        "api_url": api,
        "dispatcher_url": layout.url("dispatcher"),
        "escalation_url": layout.url("escalation"),
        "portal_url": f"{api}/portal",
        "console_url": f"{api}/console",
        "sandbox_url": layout.url("sandbox"),
        "smtp": f"127.0.0.1:{layout.port('sandbox-smtp')}",
        "kafka": backing.kafka,
        "postgres": {name.replace("-", "_"): dsn for name, dsn in backing.databases.items()},
        "keys": dict(keys),
        "pids": {name: list(numbers) for name, numbers in pids.items()},
    }


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Whole or not at all, and readable by the owner alone: it holds keys."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(document, indent=2) + "\n")
    draft.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Empty where there is none."""
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def remove_if_ours(path: Path, supervisor: int) -> None:
    if read(path).get("pids", {}).get("supervisor") == [supervisor]:
        path.unlink(missing_ok=True)


def running(document: Mapping[str, Any]) -> list[psutil.Process]:
    """The processes it names that still belong to a stack (a number may have a new owner)."""
    numbers = [number for group in document.get("pids", {}).values() for number in group]
    return [process for number in numbers if (process := _of_a_stack(number)) is not None]


_MARKS = ("devstack", "incident_api", "dispatcher", "escalation", "kafka.Kafka", "postgres")


def _of_a_stack(number: int) -> psutil.Process | None:
    try:
        process = psutil.Process(number)
        command = " ".join(process.cmdline())
    except psutil.Error:
        return None
    return process if any(mark in command for mark in _MARKS) else None
