"""Which plan applies where a client's systems name plans of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from incident_api.audience.plans import applied_plan
from incident_api.audience.rules import Concern, concerned_clients
from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView
from tocsin_contracts.directory import (
    Client,
    CommunicationPlan,
    NotifyRule,
    SeverityEntry,
    System,
    SystemUse,
)
from tocsin_contracts.words import Channel, Severity

KNOWN_AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
KEYS = ("mail-eu", "files-eu", "print-eu", "vpn-eu")


def plan(key: str, first: int, severity: Severity = Severity.SEV1) -> CommunicationPlan:
    told = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,))
    entry = SeverityEntry(
        notify=(told,),
        update_every_minutes=Decimal(30),
        first_notice_within_minutes=Decimal(first),
    )
    return CommunicationPlan(key=key, severities={severity: entry})


PLANS = (plan("gold", 10), plan("silver", 20), plan("platinum", 5), plan("also-five", 5))


def acme(uses: Mapping[str, str | None], own: str | None = "gold") -> Client:
    return Client(
        key="acme",
        name="ACME",
        timezone="Europe/Berlin",
        systems=tuple(SystemUse(key=key, communication_plan=own) for key, own in uses.items()),
        communication_plan=own,
    )


def house(client: Client) -> DirectoryView:
    return DirectoryView(
        revision=1,
        provider=defaults.PROVIDER,
        systems={key: System(key=key, name=key) for key in KEYS},
        clients={client.key: client},
        teams={},
        plans={"default": defaults.PLAN, **{one.key: one for one in PLANS}},
        policies={"default": defaults.POLICY},
        revisions={},
    )


def chosen(client: Client, *affected: str) -> str:
    return applied_plan(house(client), client, Severity.SEV1, affected).own_plan_key


def test_the_clients_own_plan_where_the_system_names_none() -> None:
    assert chosen(acme({"mail-eu": "platinum", "files-eu": None}), "files-eu") == "gold"


def test_the_systems_plan_where_it_names_one() -> None:
    assert chosen(acme({"mail-eu": "silver", "files-eu": None}), "mail-eu") == "silver"


def test_of_two_the_one_that_promises_the_first_word_sooner() -> None:
    client = acme({"mail-eu": "silver", "files-eu": None, "print-eu": "platinum"})
    assert chosen(client, "mail-eu", "files-eu") == "gold"
    assert chosen(client, "mail-eu", "files-eu", "print-eu") == "platinum"


def test_of_two_that_promise_the_same_the_smaller_key() -> None:
    client = acme({"mail-eu": "platinum", "files-eu": "also-five"})
    assert chosen(client, "mail-eu", "files-eu") == "also-five"


def test_without_any_plan_the_providers_default() -> None:
    assert chosen(acme({"mail-eu": None}, own=None), "mail-eu") == "default"


def test_a_client_that_is_named_by_hand_has_its_own_plan() -> None:
    assert chosen(acme({"mail-eu": "platinum"})) == "gold"


def test_quiet_hours_and_wording_stay_those_of_the_chosen_plan_where_the_default_stands_in() -> (
    None
):
    client = acme({"mail-eu": None})
    applied = applied_plan(house(client), client, Severity.SEV3, ["mail-eu"])
    assert (applied.plan_key, applied.own_plan_key) == ("default", "gold")


def test_the_audience_names_the_chosen_plan_and_promises_by_it() -> None:
    client = acme({"mail-eu": "platinum", "files-eu": None})
    concern = Concern(severity=Severity.SEV1, system_keys=("mail-eu",))
    (told,) = concerned_clients(house(client), concern, known_at=KNOWN_AT, published=True)
    assert (told.plan_key, told.own_plan_key) == ("platinum", "platinum")
    assert told.first_notice_due == KNOWN_AT + timedelta(minutes=5)


@given(
    uses=st.dictionaries(
        st.sampled_from(KEYS), st.sampled_from([None, *(p.key for p in PLANS)]), min_size=1
    ),
    data=st.data(),
)
def test_no_affected_system_is_told_later_than_its_plan_promises(
    uses: dict[str, str | None], data: st.DataObject
) -> None:
    """And neither the order of systems nor that of the affected ones matters."""
    affected = data.draw(st.permutations(list(uses)))
    client = acme(uses)
    applied = applied_plan(house(client), client, Severity.SEV1, affected)
    first = {one.key: one.severities[Severity.SEV1].first_notice_within_minutes for one in PLANS}
    named = {own or "gold" for own in uses.values()}

    assert applied.own_plan_key in named
    assert first[applied.own_plan_key] == min(first[key] for key in named)
    turned = acme(dict(reversed(uses.items())))
    assert applied_plan(house(turned), turned, Severity.SEV1, list(uses)) == applied
