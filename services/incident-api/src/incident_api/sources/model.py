"""What every format makes of a tool's payload, and what a format is given."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Protocol, TypeAlias

from pydantic_core import from_json
from tocsin_contracts.words import Severity

AlertStatus: TypeAlias = Literal["firing", "resolved", "acknowledged"]


@dataclass(frozen=True)
class IncomingAlert:
    """One alert, in our words. ``key`` is unique within the integration.

    ``systems`` and ``clients`` are keys as the tool wrote them, known or not. ``group`` identifies
    what the tool itself notifies together; ``complete`` is false where it left alerts of that
    group out of the payload.
    """

    key: str
    status: AlertStatus
    title: str
    severity: Severity
    description: str | None = None
    systems: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    started_at: datetime | None = None
    link: str | None = None
    group: str | None = None
    complete: bool = True

    @cached_property
    def join_key(self) -> str | None:
        """Alerts the tool groups share an incident where they name the same systems and clients."""
        if self.group is None:
            return None
        concern = (",".join(sorted(self.systems)), ",".join(sorted(self.clients)))
        joined = "\xff".join((self.group, *concern))
        return hashlib.sha256(joined.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Unusable:
    """One alert that cannot be read; the others of its payload are taken."""

    detail: str
    key: str | None = None


Parsed: TypeAlias = Sequence[IncomingAlert | Unusable]


class MalformedPayload(ValueError):
    """The body is not what its encoding promises, such as broken JSON; the message says where."""


class UnexpectedPayload(ValueError):
    """The body can be read, but nothing in it looks like this format."""


@dataclass(frozen=True)
class Payload:
    """A request as the tool sent it; header names are lower case."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]

    def json(self) -> Any:
        """Raises :class:`MalformedPayload` with the place of the fault."""
        try:
            return from_json(self.body, allow_inf_nan=False)
        except ValueError:
            return _forgivingly(self.body)


class Format(Protocol):
    def __call__(self, payload: Payload) -> Parsed:
        """Raises :class:`MalformedPayload` or :class:`UnexpectedPayload`."""
        ...


def _forgivingly(body: bytes) -> Any:
    """Takes half surrogate pairs and byte order marks, which some tools do send."""
    try:
        return json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise MalformedPayload(f"The body is not valid JSON: {fault.msg} at {place}.") from fault
    except UnicodeDecodeError as fault:
        place = f"byte {fault.start}"
        raise MalformedPayload(f"The body is not valid UTF-8 text: see {place}.") from fault
    except RecursionError as fault:
        raise MalformedPayload("The body is JSON nested too deeply to be an alert.") from fault
