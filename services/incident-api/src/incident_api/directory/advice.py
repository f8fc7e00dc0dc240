"""What other parts of this service say of a directory before it is put in force."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from incident_api.directory.document import Entries
from incident_api.directory.references import WhereIs
from incident_api.directory.view import DirectoryView
from incident_api.web.field_error import FieldError


@dataclass(frozen=True)
class Proposal:
    """The directory as it is, as it shall be, and where a fault in it is to be shown."""

    before: Entries
    after: Entries
    view: DirectoryView
    where_is: WhereIs


@dataclass(frozen=True)
class Advice:
    """``faults`` refuse it; ``notes`` are sentences in the answer."""

    faults: tuple[FieldError, ...] = ()
    notes: tuple[str, ...] = ()


Advise = Callable[[Proposal], Awaitable[Advice]]
