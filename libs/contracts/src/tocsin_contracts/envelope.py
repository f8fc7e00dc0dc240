"""The envelope of every event: CloudEvents 1.0 structured JSON.

Source of the format: CloudEvents 1.0.2, JSON event format; ``partitionkey``, ``sequence`` and
``traceparent`` are its documented extensions, ``correlationid`` and ``causationid`` are ours.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from tocsin_contracts.model import Model, Moment

MEDIA_TYPE = "application/cloudevents+json"


class EventData(Model):
    """The body of one type of event; a subclass names its type and its topic's place."""

    event_type: ClassVar[str]


D = TypeVar("D", bound=EventData, covariant=True)


class Event(Model, Generic[D]):
    """One fact. ``sequence`` orders the events of one ``subject`` within an ``epoch``.

    ``epoch`` is raised when a database is restored, so that restored numbers are not taken for old
    ones; compare ``(epoch, sequence)``.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: Moment
    datacontenttype: Literal["application/json"] = "application/json"
    partitionkey: str
    correlationid: str
    causationid: str | None = None
    traceparent: str | None = None
    sequence: int = 0
    epoch: int = 1
    data: D

    @property
    def position(self) -> tuple[int, int]:
        return self.epoch, self.sequence


class MalformedEvent(ValueError):
    """The bytes are not an event of the type they claim; the message says where."""


class UnknownEventType(ValueError):
    """A well-formed event of a type this version does not know: count it and go on."""


class _Head(BaseModel):
    type: str


_OPTIONAL_ATTRIBUTES = ("causationid", "traceparent")


def encode(event: Event[EventData]) -> bytes:
    """The event as it travels: CloudEvents leaves an unset attribute out, the body says ``null``.

    A ``null`` in the body is a statement: a directory entry's ``document: null`` removes it.
    """
    unset = {name for name in _OPTIONAL_ATTRIBUTES if getattr(event, name) is None}
    return event.model_dump_json(exclude=unset).encode()


def headers(event: Event[EventData]) -> list[tuple[str, bytes]]:
    """The ``ce_*`` headers of the Kafka protocol binding, mirrored for tools that read no body."""
    attributes = event.model_dump(mode="json", exclude={"data"}, exclude_none=True)
    mirrored = [(f"ce_{name}", str(value).encode()) for name, value in attributes.items()]
    return [("content-type", MEDIA_TYPE.encode()), *mirrored]


def decode(raw: bytes, known: dict[str, type[EventData]]) -> Event[EventData]:
    """Parse one event, ignoring fields this version does not know.

    Raises :class:`UnknownEventType` or :class:`MalformedEvent`.
    """
    try:
        name = _Head.model_validate_json(raw).type
        if name not in known:
            raise UnknownEventType(name)
        return event_model(known[name]).model_validate_json(raw, extra="ignore")
    except ValidationError as error:
        raise MalformedEvent(_first_problem(error)) from error


@cache
def event_model(data: type[EventData]) -> type[Event[EventData]]:
    """The envelope for one type of body; an event made with the bare ``Event`` loses its body."""
    model: type[Event[EventData]] = Event[data]  # type: ignore[valid-type]
    return model


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "(document)"
    return f"{place}: {first['msg']}"
