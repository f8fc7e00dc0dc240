"""What a simulation and a search for gaps are asked."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from tocsin_contracts.words import Severity

from incident_api.directory.policy_entries import PolicyEntry
from incident_api.incidents.bodies import Keys
from incident_api.web.models import Body, Time

A_DAY = 1440
MOST_UPDATES = 100

After = Annotated[float, Field(ge=0, le=A_DAY, allow_inf_nan=False)]
Policies = Annotated[
    tuple[PolicyEntry, ...],
    Field(max_length=200, description="in place of those of the same keys, without saving them"),
]


class Simulation(Body):
    """An outage as it might go; minutes count from ``started_at``, and it ends after a day."""

    severity: Severity
    system_keys: Keys = ()
    client_keys: Keys = ()
    exclude_client_keys: Keys = ()
    started_at: Time
    published_after_minutes: Annotated[
        After | None, Field(description="left out: clients are told at once")
    ] = None
    acknowledged_after_minutes: After | None = None
    taken_after_minutes: Annotated[
        After | None, Field(description="whoever was called last takes it then")
    ] = None
    resolved_after_minutes: After | None = None
    updates_at_minutes: Annotated[tuple[After, ...], Field(max_length=MOST_UPDATES)] = ()
    escalation_policies: Policies = ()

    @model_validator(mode="after")
    def _something_fails(self) -> Self:
        if not self.system_keys and not self.client_keys:
            raise ValueError("Name at least one of 'system_keys' or 'client_keys'.")
        return self

    @model_validator(mode="after")
    def _before_the_end(self) -> Self:
        end = self.resolved_after_minutes
        late = [at for at in self.updates_at_minutes if end is not None and at >= end]
        if late:
            raise ValueError("An update comes before the outage is resolved; move it or leave out.")
        return self


class Lint(Body):
    escalation_policies: Policies = ()
    days: Annotated[int, Field(ge=1, le=366)] = 28
