"""Communication plans as the provider writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_serializer, model_validator
from tocsin_contracts.model import Weekday
from tocsin_contracts.words import Channel, Kind, OnNoAnswer, Severity, StaffRole

from incident_api.directory.fields import (
    Key,
    Minutes,
    PositiveMinutes,
    Timezone,
    WallClock,
    checked_kind_for_clients,
    without_repeats,
)
from incident_api.directory.service_hours import parse_days
from incident_api.web.models import Body

Role = Key
Roles = Annotated[tuple[Role, ...], Field(min_length=1), BeforeValidator(without_repeats)]
Channels = Annotated[tuple[Channel, ...], Field(min_length=1), BeforeValidator(without_repeats)]
ClientKind = Annotated[Kind, checked_kind_for_clients]


class FallbackEntry(Body):
    """Another way, where nothing was accepted within ``after_minutes`` or it bounced."""

    channel: Channel
    after_minutes: Minutes = Decimal(5)


class NotifyEntry(Body):
    roles: Roles
    channels: Channels
    fallback: FallbackEntry | None = None

    @model_validator(mode="after")
    def _another_way(self) -> Self:
        if self.fallback is not None and self.fallback.channel in self.channels:
            raise ValueError("The fallback's channel is one of 'channels' already; name another.")
        return self


class SeverityPlan(Body):
    """``by_kind`` replaces ``notify`` for some kinds of message; who was told before is told on."""

    notify: tuple[NotifyEntry, ...]
    by_kind: dict[ClientKind, tuple[NotifyEntry, ...]] = {}
    update_every_minutes: PositiveMinutes
    first_notice_within_minutes: PositiveMinutes
    answer_within_minutes: PositiveMinutes | None = None
    closure_within_hours: PositiveMinutes | None = None


class ServiceHoursEntry(Body):
    timezone: Timezone
    days: dict[Weekday, tuple[str, str]]

    @model_validator(mode="before")
    @classmethod
    def _by_weekday(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        written = {name: hours for name, hours in given.items() if name != "timezone"}
        zone = {"timezone": given["timezone"]} if "timezone" in given else {}
        return {**zone, "days": parse_days(written)}

    @model_serializer
    def _written(self) -> dict[str, str]:
        return {"timezone": self.timezone, **{day: "-".join(self.days[day]) for day in self.days}}


class QuietHoursEntry(Body):
    """``{from: "22:00", to: "07:00"}`` on each reader's own clock."""

    start: Annotated[WallClock, Field(alias="from")]
    end: Annotated[WallClock, Field(alias="to")]

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.start == self.end:
            raise ValueError("'from' and 'to' are the same; leave quiet_hours out for none.")
        return self

    @model_serializer
    def _written(self) -> dict[str, str]:
        return {"from": self.start, "to": self.end}


class ApprovalEntry(Body):
    """Messages of these kinds wait for the yes of whoever holds the role ``by``."""

    kinds: Annotated[tuple[ClientKind, ...], Field(min_length=1), BeforeValidator(without_repeats)]
    by: StaffRole = StaffRole.ACCOUNT_MANAGER
    minutes_before: Minutes = Decimal(3)
    on_no_answer: OnNoAnswer = OnNoAnswer.SEND


class CapEntry(Body):
    messages: Annotated[int, Field(ge=1, le=1000)]
    per_minutes: PositiveMinutes


class BudgetEntry(Body):
    """What one client may cause in an hour; what is above it waits for a person."""

    sms_per_hour: Annotated[int, Field(ge=1, le=100_000)] | None = None
    calls_per_hour: Annotated[int, Field(ge=1, le=100_000)] | None = None


class PlanEntry(Body):
    """What a field left out means is the contract's default (``CommunicationPlan``).

    ``feedback_after_hours: 0`` never asks.
    """

    key: Key
    severities: Annotated[dict[Severity, SeverityPlan], Field(min_length=1)]
    maintenance: tuple[NotifyEntry, ...] | None = None
    service_hours: ServiceHoursEntry | None = None
    escalation_policy: Key | None = None
    confirmation_policy: Key | None = None
    quiet_hours: QuietHoursEntry | None = None
    approval: ApprovalEntry | None = None
    cap: CapEntry | None = None
    caps: dict[Channel, CapEntry] = {}
    budget: BudgetEntry | None = None
    group_minutes: Minutes | None = None
    holding_next_word_minutes: PositiveMinutes | None = None
    feedback_after_hours: Minutes | None = None
    drills: Literal["clients", "staff"] | None = None
    wording: dict[Kind, Key] = {}
