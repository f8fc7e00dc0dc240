"""One value for whom a write would address, to tell whether that is still who a preview showed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from tocsin_contracts.incident import AudienceClient


def audience_digest(clients: Iterable[AudienceClient]) -> str:
    """SHA-256 in hex over who is told, by which plan entry, and of which systems.

    Promised moments stay out: they move with the clock while nobody changes anything.
    """
    told = sorted(
        [one.client_key, one.plan_key, one.severity_entry.value, *sorted(one.systems)]
        for one in clients
    )
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
