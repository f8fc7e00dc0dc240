"""Who of the provider's people is away and who is on duty, beside what the directory says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tocsin_contracts.staff import Absence, Duty

from incident_api.directory.document import Entries


@dataclass(frozen=True)
class Presence:
    """``absences`` by person, the earliest first; ``duties`` by team."""

    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)


NOBODY_AWAY = Presence()

Rostered = Callable[[Entries, Entries], Mapping[str, Duty]]
"""The directory as it was and as it shall be → who is on duty then, by team."""
