"""An append-only file of what was received: one JSON line a message, written before the answer.

A line is on its way to the file before the sender hears that its message was taken, so a sender's
"accepted" without a line here is a lost message, whatever happens to this process.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from devstack.sandbox.messages import Message

INCIDENT = re.compile(rb"\b(?:INC|MNT)-\d+\b")


class Journal:
    """``path`` ``None`` keeps no file (tests that only look at messages)."""

    def __init__(self, path: Path | None) -> None:
        self._file: int | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(
        self, message: Message, *, key: str | None, what: str = "message", **more: Any
    ) -> None:
        """Append one line; ``key`` is the id that the sender keeps over its repeats."""
        if self._file is None:
            return
        line = {
            "id": message.id,
            "channel": message.channel,
            "what": what,
            "to": message.to,
            "key": key,
            "received_at": message.received_at.isoformat(),
            "incident": _incident(message.raw),
            **more,
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _incident(raw: bytes) -> str | None:
    found = INCIDENT.search(raw)
    return found.group().decode() if found else None


def read(path: Path) -> list[dict[str, Any]]:
    """Every whole line of a journal; a line cut by a crash at its very end is left out."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]
