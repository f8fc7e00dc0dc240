"""What other parts of this service say of a directory before it is put in force."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tocsin_runtime.database import Connection

from incident_api.directory.document import Entries
from incident_api.directory.references import WhereIs
from incident_api.directory.view import DirectoryView
from incident_api.web.field_error import FieldError


@dataclass(frozen=True)
class Proposal:
    """The directory as it is, as it shall be, and where a fault in it is to be shown.

    ``conn`` is the transaction in which it would be put in force.
    """

    conn: Connection
    before: Entries
    after: Entries
    view: DirectoryView
    where_is: WhereIs


@dataclass(frozen=True)
class Advice:
    """``faults`` refuse it; ``notes`` are sentences in the answer about what was written.

    ``standing`` are sentences about the directory as it then is, whatever was written.
    """

    faults: tuple[FieldError, ...] = ()
    notes: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()


Advise = Callable[[Proposal], Awaitable[Advice]]
