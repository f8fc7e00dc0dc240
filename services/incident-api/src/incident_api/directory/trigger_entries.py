"""What makes a step due, as the provider writes it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_serializer, model_validator
from tocsin_contracts.policies import Trigger, UnreachableContact
from tocsin_contracts.words import Severity

from incident_api.directory.fields import Key, Minutes, Name, without_repeats
from incident_api.directory.plan_entries import Roles
from incident_api.web.models import Body

AT_RISK = Decimal("0.8")
"""The share of a promise's time that ``sla_at_risk: true`` means."""

DEEPEST = 3
MOST_CONDITIONS = 8
ONLY_TRUE = "This trigger can only be true; leave the step out instead."


def _short_share(given: Any) -> Any:
    if given is False:
        raise ValueError(ONLY_TRUE)
    return AT_RISK if given is True else given


def _no_flag(given: Any) -> Any:
    """Python takes ``true`` for 1."""
    if isinstance(given, bool):
        raise ValueError("This must be a whole number.")
    return given


class UnreachableEntry(Body):
    """Whose being out of reach matters; neither roles nor tags: everybody's."""

    roles: Roles | None = None
    client_tags: Annotated[tuple[Name, ...], BeforeValidator(without_repeats)] = ()

    @model_validator(mode="before")
    @classmethod
    def _everybody(cls, given: Any) -> Any:
        if given is False:
            raise ValueError(ONLY_TRUE)
        return {} if given is True else given

    @model_serializer
    def _written(self) -> bool | dict[str, list[str]]:
        roles = {"roles": list(self.roles)} if self.roles else {}
        tags = {"client_tags": list(self.client_tags)} if self.client_tags else {}
        return {**roles, **tags} or True


class TriggerEntry(Body):
    """Exactly one condition; ``all`` and ``any`` hold further ones."""

    severity_at_least: Severity | None = None
    severity_raised: bool | None = None
    unacknowledged: bool | None = None
    unresolved: bool | None = None
    update_overdue_minutes: Minutes | None = None
    sla_at_risk: Annotated[
        Annotated[Decimal, Field(gt=0, lt=1, max_digits=4)] | None,
        BeforeValidator(_short_share),
        PlainSerializer(lambda share: None if share is None else float(share), when_used="json"),
    ] = None
    sla_breached: bool | None = None
    question_unanswered: bool | None = None
    question_unanswered_minutes: Minutes | None = None
    contact_unreachable: UnreachableEntry | None = None
    clients_affected_at_least: Annotated[
        Annotated[int, Field(ge=1, le=100_000)] | None, BeforeValidator(_no_flag)
    ] = None
    client_affected: Key | None = None
    reopened: bool | None = None
    unconfirmed: bool | None = None
    all: Annotated[tuple[TriggerEntry, ...], Field(min_length=1)] | None = None
    any: Annotated[tuple[TriggerEntry, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [value for value in self.__dict__.values() if value is not None]
        if len(given) != 1:
            raise ValueError(
                "A trigger names exactly one condition; 'all' and 'any' hold a list of them."
            )
        if given[0] is False:
            raise ValueError(ONLY_TRUE)
        return self

    @property
    def parts(self) -> tuple[TriggerEntry, ...]:
        return self.all or self.any or ()

    @property
    def name(self) -> str:
        """The name of the one field that is set."""
        return next(name for name, value in self.__dict__.items() if value is not None)

    def leaves(self, pointer: str = "") -> Iterator[tuple[str, TriggerEntry]]:
        """Each condition that holds no others, with its pointer."""
        if not self.parts:
            yield pointer, self
        for index, part in enumerate(self.parts):
            yield from part.leaves(f"{pointer}/{self.name}/{index}")

    @property
    def depth(self) -> int:
        return 1 + max(part.depth for part in self.parts) if self.parts else 0


def check_size(trigger: TriggerEntry) -> TriggerEntry:
    """For a whole condition: one that nobody can read is one that nobody can check."""
    if trigger.depth > DEEPEST:
        raise ValueError(f"Conditions stand at most {DEEPEST} deep in one another.")
    if sum(1 for _ in trigger.leaves()) > MOST_CONDITIONS:
        raise ValueError(f"A step has at most {MOST_CONDITIONS} conditions; make two steps of it.")
    return trigger


def trigger_document(entry: TriggerEntry) -> Trigger:
    name = entry.name
    value: Any = getattr(entry, name)
    if entry.parts:
        value = tuple(trigger_document(part) for part in entry.parts)
    elif isinstance(value, UnreachableEntry):
        whom = UnreachableContact(roles=value.roles or (), client_tags=value.client_tags)
        value = True if whom == UnreachableContact() else whom
    return Trigger.model_validate({name: value})
