"""Escalation policies as the provider writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from tocsin_contracts.words import Severity, StaffRole

from incident_api.directory.fields import Key, Minutes, PositiveMinutes, without_repeats
from incident_api.directory.plan_entries import Channels
from incident_api.web.models import Body


class TriggerEntry(Body):
    """What makes a step due; exactly one."""

    severity_at_least: Severity | None = None
    unacknowledged: bool | None = None
    unresolved: bool | None = None
    update_overdue_minutes: Minutes | None = None
    question_unanswered: bool | None = None
    contact_unreachable: bool | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [value for value in self.__dict__.values() if value is not None]
        if len(given) != 1:
            raise ValueError("A trigger names exactly one condition.")
        if given[0] is False:
            raise ValueError("This trigger can only be true; leave the step out instead.")
        return self


class StepEntry(Body):
    trigger: TriggerEntry
    after_minutes: Minutes = Decimal(0)
    notify: Annotated[tuple[StaffRole, ...], Field(min_length=1), BeforeValidator(without_repeats)]
    channels: Channels
    repeat: Annotated[int, Field(ge=0, le=50)] = 0
    every_minutes: PositiveMinutes | None = None

    @model_validator(mode="after")
    def _repeats_at_a_pace(self) -> Self:
        if self.repeat and self.every_minutes is None:
            raise ValueError("A step that repeats needs 'every_minutes'.")
        return self


class PolicyEntry(Body):
    key: Key
    steps: Annotated[tuple[StepEntry, ...], Field(min_length=1)]
    take_expires_minutes: PositiveMinutes | None = None
