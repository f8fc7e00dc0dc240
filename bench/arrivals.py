"""What reached the sandbox, read from its journal as it grows."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

LOOK_EVERY_SECONDS = 0.002


class Arrivals:
    """Follows a journal from its present end on."""

    def __init__(self, journal: Path) -> None:
        self._journal = journal
        self._offset = journal.stat().st_size if journal.exists() else 0
        self.seen: list[dict[str, Any]] = []

    def look(self) -> list[dict[str, Any]]:
        """The whole lines that came since the last look."""
        if not self._journal.exists():
            return []
        with self._journal.open("rb") as file:
            file.seek(self._offset)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        new = [json.loads(line) for line in whole.splitlines()]
        self.seen += new
        return new

    def wait_for(self, count: int, seconds: float) -> list[dict[str, Any]]:
        """The next ``count`` lines, or those that came before the time was up."""
        deadline = time.monotonic() + seconds
        came: list[dict[str, Any]] = []
        while len(came) < count and time.monotonic() < deadline:
            came += self.look()
            time.sleep(LOOK_EVERY_SECONDS)
        return came


def moment(line: dict[str, Any]) -> float:
    """When the message was taken, as seconds of the system's clock."""
    return datetime.fromisoformat(line["received_at"]).timestamp()
