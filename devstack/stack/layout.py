"""Where a stack listens and where it keeps its things. ``PORT_BASE`` decides both."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from devstack.backing.ports import HOST

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("TOCSIN_STATE") or ROOT / ".tocsin")
"""Tests keep their stacks elsewhere, so that ``stack.json`` goes on naming yours."""

DEFAULT_PORT_BASE = 7400


@dataclass(frozen=True)
class Layout:
    """One stack. ``name`` is ``data`` for ``make run``, ``demo`` for ``make demo``."""

    port_base: int = DEFAULT_PORT_BASE
    name: str = "data"
    state: Path = STATE

    @property
    def folder(self) -> Path:
        return self.state / f"{self.name}-{self.port_base}"

    @property
    def stack_file(self) -> Path:
        return self.folder / "stack.json"

    @property
    def newest_stack_file(self) -> Path:
        return self.state / "stack.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def log(self, child: str) -> Path:
        return self.logs / f"{child}.log"

    def port(self, part: str) -> int:
        return self.port_base + PARTS.index(part)

    def url(self, part: str) -> str:
        return f"http://{HOST}:{self.port(part)}"

    @property
    def ports(self) -> dict[str, int]:
        return {part: self.port(part) for part in PARTS}


PARTS = (
    "incident-api",
    "dispatcher",
    "escalation",
    "sandbox",
    "sandbox-smtp",
    "postgres",
    "kafka",
    "kafka-controller",
    "dispatcher-lmtp",
)
"""In the order of their ports, from ``PORT_BASE`` on."""
