"""What becomes of an audience when systems, clients or severity change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin_contracts.incident import AudienceClient


@dataclass(frozen=True)
class Revised:
    """``affected`` are those who stay but whose own systems changed."""

    clients: tuple[AudienceClient, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    affected: tuple[str, ...]
    changed: bool


def revise(
    told: Sequence[AudienceClient],
    concerned: Sequence[AudienceClient],
    *,
    excluded: Sequence[str],
    published: bool,
) -> Revised:
    """Everyone told at opening is told to the end: who leaves the blast radius stays, as it was.

    Only an exclusion by name takes somebody out. While the incident is internal nobody has been
    told, so the audience simply becomes the new one. Who stays keeps what it was promised.
    """
    old = {client.client_key: client for client in told}
    new = {client.client_key: client for client in concerned}
    kept = {key: c for key, c in old.items() if key not in new and key not in excluded}
    if not published:
        kept = {}
    merged = {**{key: _carried(old.get(key), client) for key, client in new.items()}, **kept}
    return Revised(
        clients=tuple(merged.values()),
        added=tuple(key for key in merged if key not in old),
        removed=tuple(key for key in old if key not in merged),
        affected=tuple(k for k in merged if k in old and old[k].systems != merged[k].systems),
        changed=merged != old,
    )


def _carried(old: AudienceClient | None, new: AudienceClient) -> AudienceClient:
    if old is None:
        return new
    promised = {
        "first_notice_due": old.first_notice_due,
        "next_update_due": old.next_update_due,
        "closure_due": old.closure_due,
    }
    return new.model_copy(update=promised)
