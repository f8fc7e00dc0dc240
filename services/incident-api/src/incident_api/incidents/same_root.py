"""Whether a new incident is part of one that is open already: the same systems failed first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_contracts.directory import Linking
from tocsin_contracts.words import Severity

from incident_api.audience.index import index_of
from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.promises.rules import minutes


def root_key(view: DirectoryView, system_keys: Iterable[str], *, drill: bool) -> str | None:
    """The failed systems that rest on no other failed one, as one text.

    An exercise never becomes part of a real outage, so its roots are others. ``None`` where it
    names no system, or the provider links by hand only.
    """
    if not view.provider.linking.same_root_within_minutes:
        return None
    known = tuple(key for key in dict.fromkeys(system_keys) if key in view.systems)
    beneath = index_of(view).radius(known).failed_beneath
    roots = sorted(key for key in known if beneath[key] == {key})
    return f"{'drill:' if drill else ''}{','.join(roots)}" if roots else None


def part_of(
    holder: Incident | None, severity: Severity, linking: Linking, now: datetime
) -> str | None:
    """Why a new incident of ``severity`` is part of ``holder``; ``None``: it is not.

    A worse one is not hidden in a lesser one, and what began long ago is another story.
    """
    window = minutes(linking.same_root_within_minutes)
    if holder is None or not holder.status.is_open or holder.parent_id is not None:
        return None
    age = now - holder.known_at
    if not window or age > window or not holder.severity.at_least(severity):
        return None
    return f"the same systems as {holder.ref}, {_ago(age.total_seconds())} before"


def _ago(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
