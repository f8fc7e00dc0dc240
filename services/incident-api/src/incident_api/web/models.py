"""The base of every request body, and the text types its fields share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from incident_api.text_direction import settled


class Body(BaseModel):
    """A request body: frozen, and an unknown field is an error with its pointer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bound(Body):
    """A write that sends can be bound to whom a preview showed."""

    audience_digest: Annotated[
        str | None,
        Field(max_length=200, description="from a preview: sent only while it tells the same"),
    ] = None


def _settled(given: Any) -> Any:
    return settled(given) if isinstance(given, str) else given


Settled = BeforeValidator(_settled)
"""Before lengths are checked: what is left of the text counts."""


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("A NUL character cannot be stored; leave it out.")
    return text


def one_line(text: str) -> str:
    """Titles and names end up in mail headers, where a line break would begin another header."""
    if any(ord(c) < 32 or ord(c) in (0x7F, 0x85, 0x2028, 0x2029) for c in text):
        raise ValueError("This must be one line without control characters.")
    return text


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(one_line),
    Settled,
]
"""A title or name: one line of 1 to 300 characters."""

Text = Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_storable), Settled]
"""What a person wrote: up to 20,000 characters, any line breaks."""


def _none_if_empty(text: str) -> str | None:
    return text.strip() or None


OptionalText = Annotated[Text, AfterValidator(_none_if_empty)]
"""As :data:`Text`; nothing but blanks is none."""

RequiredText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000),
    AfterValidator(_storable),
    Settled,
]
"""As :data:`Text`, and not empty."""

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _of_our_age(moment: datetime) -> datetime:
    """A time that no calendar can add a day to or turn into UTC cannot be read back either."""
    if not EARLIEST <= moment < LATEST:
        raise ValueError("This time must lie between the years 1990 and 2199.")
    return moment


Time = Annotated[AwareDatetime, AfterValidator(_of_our_age)]
"""RFC 3339 with an offset, from 1990 to 2199."""
