"""How a provider's incidents start: publication and linking."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, model_validator
from tocsin_contracts.words import Severity, Visibility

from incident_api.directory.fields import Key, Minutes, PositiveMinutes, without_repeats
from incident_api.web.models import Body


class PublicationRuleEntry(Body):
    """``severities`` or ``sources`` left out match every one."""

    severities: Annotated[tuple[Severity, ...], BeforeValidator(without_repeats)] = ()
    sources: Annotated[tuple[Key, ...], BeforeValidator(without_repeats)] = ()
    visibility: Visibility
    confirm_after_minutes: PositiveMinutes | None = None

    @model_validator(mode="after")
    def _confirms_what_is_internal(self) -> Self:
        if self.confirm_after_minutes is not None and self.visibility is Visibility.PUBLISHED:
            raise ValueError("Only an internal start can be confirmed; leave the delay out.")
        return self


class PublicationEntry(Body):
    """The first rule that matches decides."""

    rules: tuple[PublicationRuleEntry, ...] = ()
    holding_margin_minutes: Minutes | None = None


class LinkingEntry(Body):
    """0 links nothing by itself."""

    same_root_within_minutes: Minutes | None = None
