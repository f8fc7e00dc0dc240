"""Escalation policies as the provider writes them (docs/escalation-policies.md)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, Severity

from incident_api.directory.fields import Key, Minutes, Name, PositiveMinutes, without_repeats
from incident_api.directory.plan_entries import Roles
from incident_api.directory.trigger_entries import TriggerEntry, check_size
from incident_api.directory.week_hours import HoursEntry
from incident_api.web.models import Body

PERSONAL = "personal"
"""For ``channels``: those that each person prefers."""


def _own_channels(given: Any) -> Any:
    return [] if given == PERSONAL else without_repeats(given)


StepChannels = Annotated[
    tuple[Channel, ...],
    BeforeValidator(_own_channels),
    PlainSerializer(lambda channels: list(channels) or PERSONAL, when_used="json"),
]
Listed = BeforeValidator(without_repeats)


Pace = Annotated[PositiveMinutes, Field(ge=Decimal("0.05"))]
"""Three seconds at least: what repeats faster reaches nobody sooner, and would ring fifty times."""


class StepEntry(Body):
    """``notify`` are roles: of the account team, or of contacts in a client's own chain."""

    trigger: Annotated[TriggerEntry, AfterValidator(check_size)]
    after_minutes: Minutes = Decimal(0)
    notify: Roles
    channels: StepChannels
    in_turn: bool = False
    next_channel_after_minutes: Pace | None = None
    repeat: Annotated[int, Field(ge=0, le=50)] = 0
    every_minutes: Pace | None = None
    severities: Annotated[tuple[Severity, ...], Listed] = ()
    clients: Annotated[tuple[Key, ...], Listed] = ()
    client_tags: Annotated[tuple[Name, ...], Listed] = ()
    hours: HoursEntry | None = None
    outside_hours: Literal["skip", "wait"] | None = None
    at_any_hour: bool = False

    @model_validator(mode="after")
    def _repeats_at_a_pace(self) -> Self:
        if self.repeat and self.every_minutes is None and not self.in_turn:
            raise ValueError("A step that repeats needs 'every_minutes'.")
        return self

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.next_channel_after_minutes is not None and not self.in_turn:
            raise ValueError(
                "'next_channel_after_minutes' is for channels one after another; write"
                " 'in_turn: true' too."
            )
        if self.outside_hours is not None and self.hours is None:
            raise ValueError("'outside_hours' says what happens outside 'hours'; give those too.")
        return self

    @model_serializer(mode="wrap")
    def _written(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what is empty or off, as people write it."""
        return {name: value for name, value in whole(self).items() if value not in ([], (), False)}


class PolicyEntry(Body):
    """``chain: client`` is a client's own escalation process (``confirmation_policy``)."""

    key: Key
    chain: ChainKind = ChainKind.ACCOUNT
    steps: Annotated[tuple[StepEntry, ...], Field(min_length=1, max_length=50)]
    take_expires_minutes: PositiveMinutes | None = None
