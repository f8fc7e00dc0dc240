"""By which plan a cadence runs, and whether hours of its own may move what it promises."""

from __future__ import annotations

from decimal import Decimal

from escalation.intake.promises import cadence_of
from tocsin_contracts.directory import CommunicationPlan, ServiceHours, SeverityEntry
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity

EVERY_HALF_HOUR = SeverityEntry(
    notify=(), update_every_minutes=Decimal(30), first_notice_within_minutes=Decimal(10)
)
DEFAULT = CommunicationPlan(key="default", severities={Severity.SEV1: EVERY_HALF_HOUR})
OFFICE = CommunicationPlan(
    key="office",
    severities={},
    service_hours=ServiceHours(timezone="Europe/Berlin", days={"mon": ("08:00", "18:00")}),
)
ACME = AudienceClient(
    client_key="acme",
    client_revision=1,
    plan_key="default",
    severity_entry=Severity.SEV1,
    own_plan_key="office",
    systems=("mail-eu",),
    via=(),
    because="ACME uses Mail EU",
)


def test_where_the_default_stands_in_the_hours_stay_those_of_the_clients_plan() -> None:
    cadence = cadence_of(ACME, {"default": DEFAULT, "office": OFFICE})
    assert cadence is not None
    assert not cadence.always


def test_what_no_hours_move_is_promised_round_the_clock() -> None:
    cadence = cadence_of(ACME.model_copy(update={"own_plan_key": None}), {"default": DEFAULT})
    assert cadence is not None
    assert cadence.always


def test_a_plan_that_is_not_known_here_gives_no_cadence() -> None:
    assert cadence_of(ACME, {"default": DEFAULT}) is None
