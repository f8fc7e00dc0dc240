"""What a client was promised in one outage and what became of it, counted for the closing note."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tocsin_contracts.incident import KeptPromises
from tocsin_contracts.words import Promise

from incident_api.promises.model import Promised


def kept_promises(promised: Iterable[Promised], *, known_at: datetime) -> dict[str, KeptPromises]:
    """By client key; a client of whom nothing was judged yet has no entry.

    ``known_at`` is when the first alert came in, from where a first notice counts.
    """
    by_client: dict[str, list[Promised]] = {}
    for one in promised:
        if one.settled:
            by_client.setdefault(one.client_key, []).append(one)
    return {key: _counted(rows, known_at) for key, rows in sorted(by_client.items())}


def whole_minutes(span: timedelta) -> int:
    """Rounded up, so that what was late is never said to be on time."""
    return math.ceil(span.total_seconds() / 60)


def late_by(promised: Promised) -> int | None:
    """Whole minutes after its moment; ``None`` where it was kept or never done."""
    if promised.kept or promised.done_at is None:
        return None
    return max(1, whole_minutes(promised.done_at - promised.due_at))


def _counted(rows: Sequence[Promised], known_at: datetime) -> KeptPromises:
    first = next((row for row in rows if row.promise is Promise.FIRST_NOTICE), None)
    updates = [row for row in rows if row.promise is Promise.UPDATE]
    delays = [late for row in rows if (late := late_by(row)) is not None]
    done_at = None if first is None else first.done_at
    return KeptPromises(
        first_within_minutes=None if first is None else whole_minutes(first.due_at - known_at),
        first_after_minutes=None if done_at is None else max(0, whole_minutes(done_at - known_at)),
        updates_promised=len(updates),
        updates_kept=sum(row.kept for row in updates),
        latest_by_minutes=max(delays, default=None),
    )
