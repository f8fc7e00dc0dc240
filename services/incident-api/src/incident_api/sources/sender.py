"""Whose payload it is, and the moment in which it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from incident_api.directory.view import DirectoryView


@dataclass(frozen=True)
class Sender:
    """``integration`` is the key's name, ``format`` the payload's, ``actor`` the key's label;
    ``view`` is today's directory."""

    integration: str
    format: str
    actor: str
    view: DirectoryView
    now: datetime
