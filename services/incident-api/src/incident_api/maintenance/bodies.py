"""What callers send about maintenance windows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from tocsin_contracts.model import Slug
from tocsin_contracts.words import AlertsDuring, ImpactLevel, MaintenanceOutcome

from incident_api.web.models import Body, Bound, Line, OptionalText, Time


def _in_utc(moment: datetime) -> datetime:
    """As it is answered and published, whatever offset it came with."""
    return moment.astimezone(UTC)


Moment = Annotated[Time, AfterValidator(_in_utc)]
Systems = Annotated[tuple[Slug, ...], Field(min_length=1, max_length=2000)]
Hours = Annotated[float, Field(gt=0, le=8784, allow_inf_nan=False)]
Reminders = Annotated[tuple[Hours, ...], Field(max_length=10)]
DEFAULT_REMINDERS = (24.0,)
_ABOUT_THE_WRITE = frozenset({"reason", "notify", "hold_seconds", "audience_digest"})


class Sends(Bound):
    """Nothing is held; a caller may say so."""

    hold_seconds: Annotated[float, Field(ge=0, description="planned work is not held: 0")] = 0

    @model_validator(mode="after")
    def _not_held(self) -> Self:
        if self.hold_seconds:
            raise ValueError(
                "Planned work is told at once; leave hold_seconds out or send 0."
                " A window can still be changed or cancelled."
            )
        return self


class NewWindow(Sends):
    title: Line
    system_keys: Systems
    starts_at: Moment
    ends_at: Moment
    impact: OptionalText | None = None
    impact_level: ImpactLevel | None = None
    purpose: OptionalText | None = None
    preparation: OptionalText | None = None
    object_by: Moment | None = None
    alerts: AlertsDuring = AlertsDuring.MARK
    remind_hours_before: Annotated[
        Reminders | None, Field(description="left out: a day before, if that is still to come")
    ] = None


class WindowPatch(Sends):
    """A merge patch: a field left out stays, ``null`` empties it. New times are told with the old
    ones and the ``reason``; with ``notify`` false nobody hears of the change."""

    title: Line | None = None
    system_keys: Systems | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    impact: OptionalText | None = None
    impact_level: ImpactLevel | None = None
    purpose: OptionalText | None = None
    preparation: OptionalText | None = None
    object_by: Moment | None = None
    alerts: AlertsDuring | None = None
    remind_hours_before: Reminders | None = None
    reason: OptionalText | None = None
    notify: bool = True

    @model_validator(mode="after")
    def _some_are_needed(self) -> Self:
        for name in ("title", "system_keys", "starts_at", "ends_at", "alerts"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"'{name}' cannot be emptied.")
        return self

    def wanted(self) -> dict[str, Any]:
        """The window's fields to set."""
        given = {n: getattr(self, n) for n in sorted(self.model_fields_set - _ABOUT_THE_WRITE)}
        if given.get("remind_hours_before", ()) is None:
            given["remind_hours_before"] = ()
        return given


class Start(Sends):
    pass


class End(Sends):
    outcome: MaintenanceOutcome = MaintenanceOutcome.DONE
    message: OptionalText | None = None


class Cancel(Sends):
    reason: OptionalText | None = None


class Release(Body):
    client_key: Slug
