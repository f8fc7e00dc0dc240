"""What callers send about incidents."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator
from tocsin_contracts.model import Slug
from tocsin_contracts.words import ImpactLevel, Severity, Visibility

from incident_api.text_direction import settled
from incident_api.web.models import Body, Bound, Line, OptionalText, RequiredText, Time

_BREAKS = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _as_one_line(value: Any) -> Any:
    """A line break in a title would begin another header in a mail; it becomes a space."""
    return _BREAKS.sub(" ", settled(value)).strip() if isinstance(value, str) else value


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    BeforeValidator(_as_one_line),
]
Keys = Annotated[tuple[Slug, ...], Field(max_length=2000)]


class Sends(Bound):
    """A write that sends can be held, and bound to what a preview showed."""

    hold_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            allow_inf_nan=False,
            description="done after so long unless it is undone before",
        ),
    ] = 0


class NewIncident(Sends):
    title: Title
    description: OptionalText | None = None
    severity: Severity
    impact: OptionalText | None = None
    impact_level: ImpactLevel | None = None
    system_keys: Keys = ()
    client_keys: Keys = ()
    exclude_client_keys: Keys = ()
    first_steps: OptionalText | None = None
    dedup_key: Annotated[Line | None, Field(max_length=300)] = None
    started_at: Time | None = None
    eta: Time | None = None
    visibility: Annotated[
        Visibility | None,
        Field(description="left out: as the provider's rules of publication say, else published"),
    ] = None
    drill: bool = False


class IncidentPatch(Sends):
    """A merge patch: a field left out stays, ``null`` empties it."""

    title: Title | None = None
    severity: Severity | None = None
    impact: OptionalText | None = None
    impact_level: ImpactLevel | None = None
    system_keys: Keys | None = None
    client_keys: Keys | None = None
    exclude_client_keys: Keys | None = None
    first_steps: OptionalText | None = None
    workaround: OptionalText | None = None
    eta: Time | None = None
    notify: Annotated[
        bool,
        Field(
            description="false: nobody who was told before hears of the change. Whom it newly"
            " concerns (systems, clients, severity) is told of the incident all the same"
        ),
    ] = True

    @model_validator(mode="after")
    def _some_are_needed(self) -> Self:
        for name in ("title", "severity"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"'{name}' cannot be emptied.")
        return self

    def wanted(self) -> dict[str, Any]:
        """The incident's fields to set."""
        given = self.model_fields_set - {"notify", "hold_seconds", "audience_digest"}
        return {name: self._value(name) for name in sorted(given)}

    def _value(self, name: str) -> Any:
        value = getattr(self, name)
        return () if value is None and name.endswith("_keys") else value


class Publish(Sends):
    pass


class HoldingNotice(Sends):
    action: Literal["stop", "send"]
    reason: OptionalText | None = None


class Acknowledge(Body):
    note: OptionalText | None = None


WithChildren = Annotated[bool, Field(description="the open ones that are part of it as well")]


class Resolve(Sends):
    message: RequiredText
    checks: OptionalText | None = None
    resolved_at: Time | None = None
    children: WithChildren = False


class Reopen(Sends):
    message: RequiredText


class Cancel(Sends):
    reason: RequiredText
    children: WithChildren = False


class Parent(Sends):
    """``null`` lets it stand alone again."""

    incident_id: Annotated[Line | None, Field(description="id or reference")]
    reason: OptionalText | None = None


class NoNews(Sends):
    message: OptionalText | None = None
    next_update_at: Time | None = None


class Correct(Sends):
    """``right`` ``null``: it reached them by mistake. ``wrong`` left out: all that was written."""

    right: RequiredText | None
    wrong: RequiredText | None = None
    action: OptionalText | None = None


class ContactMade(Body):
    client_key: Slug
    contact: Annotated[Line, Field(max_length=254)]
    at: Time | None = None
    note: OptionalText | None = None


class UpdateAudience(Body):
    client_keys: Annotated[Keys | None, Field(min_length=1)] = None
    internal_only: bool = False


class NewUpdate(Sends):
    status: str | None = None
    message: RequiredText
    progress: OptionalText | None = None
    eta: Time | None = None
    workaround: OptionalText | None = None
    watch_until: Time | None = None
    audience: UpdateAudience = UpdateAudience()
    next_update_at: Time | None = None
    occurred_at: Time | None = None
    notify: Annotated[bool, Field(description="false: it is kept, and no client hears of it")] = (
        True
    )

    @model_validator(mode="after")
    def _notes_change_nothing(self) -> Self:
        changes = {"status", "eta", "workaround", "next_update_at"} & self.model_fields_set
        if self.audience.internal_only and changes:
            first = min(changes)
            raise ValueError(
                f"An internal note changes nothing, so it takes no '{first}';"
                " PATCH the incident with notify false instead."
            )
        return self

    def sets(self) -> dict[str, Any]:
        """Those of eta and workaround that were given, ``None`` to withdraw."""
        return {n: getattr(self, n) for n in ("eta", "workaround") if n in self.model_fields_set}


class UpdatePatch(Body):
    """Mends what was written, silently; a note is struck, never deleted."""

    message: RequiredText | None = None
    progress: OptionalText | None = None
    occurred_at: Time | None = None
    struck: Literal[True] | None = None
    reason: OptionalText | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if "message" in self.model_fields_set and self.message is None:
            raise ValueError("'message' cannot be emptied; strike the note instead.")
        if self.struck and not self.reason:
            raise ValueError("Striking a note needs a 'reason'.")
        return self


class Release(Body):
    client_key: Slug
