"""What an escalation policy may say, what becomes of it, and what is refused with its place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.directory.contract_documents import document_of
from incident_api.directory.document import Document, shown
from incident_api.directory.fields import STORED
from incident_api.directory.merging import merged
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.references import faults
from incident_api.directory.request_body import validated
from incident_api.directory.team_documents import Context
from incident_api.web.problem import Problem
from tocsin_contracts.policies import (
    ChainKind,
    EscalationPolicy,
    Hours,
    PolicyStep,
    Trigger,
    UnreachableContact,
)
from tocsin_contracts.words import Channel, Severity

Given = dict[str, Any]

CONDITIONS: list[Given] = [
    {"severity_at_least": "sev2"},
    {"severity_raised": True},
    {"unacknowledged": True},
    {"unresolved": True},
    {"update_overdue_minutes": 10},
    {"sla_at_risk": 0.5},
    {"sla_breached": True},
    {"question_unanswered": True},
    {"question_unanswered_minutes": 20},
    {"contact_unreachable": True},
    {"clients_affected_at_least": 10},
    {"client_affected": "acme"},
    {"reopened": True},
]
triggers: st.SearchStrategy[Given] = st.recursive(
    st.sampled_from(CONDITIONS),
    lambda inner: st.builds(
        lambda name, parts: {name: parts},
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=4,
).filter(lambda trigger: _depth(trigger) <= 3)


def _depth(trigger: Given) -> int:
    parts = trigger.get("all") or trigger.get("any") or []
    return 1 + max(_depth(part) for part in parts) if parts else 0


def written(*steps: Given, **policy: Any) -> PolicyEntry:
    whole = [{"notify": ["deputy"], "channels": ["email"], **step} for step in steps]
    return validated({"key": "critical", "steps": whole, **policy}, PolicyEntry)


def document(*steps: Given, zone: str = "Europe/Berlin", **policy: Any) -> EscalationPolicy:
    found = document_of(written(*steps, **policy), Context(zone))
    assert isinstance(found, EscalationPolicy)
    return found


def step(**fields: Any) -> PolicyStep:
    return document({"trigger": {"unresolved": True}, **fields}).steps[0]


def trigger(given: Given) -> Trigger:
    return document({"trigger": given}).steps[0].trigger


def refused(*steps: Given, **policy: Any) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        written(*steps, **policy)
    return {error.pointer: error.detail for error in caught.value.errors}


def faults_of(policy: Given, **document: Any) -> dict[str, str]:
    sections = {"escalation_policies": [{"key": "critical", **policy}], **document}
    wanted = merged(validated(sections, Document), {})
    return {fault.pointer: fault.detail for fault in faults(wanted.entries, wanted.where_is)}


@given(triggers)
def test_what_is_written_is_read_back_as_the_same(given: Given) -> None:
    policy = written({"trigger": given})
    again = PolicyEntry.model_validate(shown(policy), context=STORED)
    assert again == policy
    assert shown(policy)["steps"][0]["trigger"] == given


@pytest.mark.parametrize("given", CONDITIONS)
def test_each_condition_reaches_the_other_services_under_its_own_name(given: Given) -> None:
    (name,) = given
    told = trigger(given).model_dump(mode="json", exclude_none=True)
    assert list(told) == [name]
    assert str(told[name]).lower() == str(given[name]).lower()


def test_conditions_combine_to_three_deep() -> None:
    told = trigger(
        {"all": [{"unresolved": True}, {"any": [{"reopened": True}, {"sla_at_risk": True}]}]}
    )
    assert told.all is not None
    assert told.all[1].any == (Trigger(reopened=True), Trigger(sla_at_risk=Decimal("0.8")))


def test_only_some_peoples_being_out_of_reach_may_matter() -> None:
    given = {"contact_unreachable": {"roles": ["ceo"], "client_tags": ["vip"]}}
    assert trigger(given).contact_unreachable == UnreachableContact(
        roles=("ceo",), client_tags=("vip",)
    )
    assert trigger({"contact_unreachable": {}}) == Trigger(contact_unreachable=True)


def test_each_person_on_the_channels_that_they_prefer() -> None:
    assert step(channels="personal").channels == ()
    assert step(channels=[]).channels == ()
    entry = written({"trigger": {"unresolved": True}, "channels": "personal"})
    assert shown(entry)["steps"][0]["channels"] == "personal"


def test_channels_one_after_another() -> None:
    told = step(channels=["voice", "sms"], in_turn=True, next_channel_after_minutes=2, repeat=1)
    assert (told.in_turn, told.next_channel_after_minutes) == (True, Decimal(2))
    assert step(in_turn=True).next_channel_after_minutes == Decimal(3)


def test_a_step_for_some_hours_severities_and_clients() -> None:
    told = step(
        hours={"mon-tue": "08:00-18:00"},
        outside_hours="wait",
        severities=["sev1"],
        clients=["acme"],
        client_tags=["vip"],
    )
    day = ("08:00", "18:00")
    assert told.hours == Hours(timezone="Europe/Berlin", days={"mon": day, "tue": day})
    assert (told.outside_hours, told.severities) == ("wait", (Severity.SEV1,))
    assert (told.clients, told.client_tags) == (("acme",), ("vip",))


def test_hours_may_have_a_clock_of_their_own() -> None:
    hours = {"timezone": "Asia/Tokyo", "sat-sun": "22:00-06:00"}
    assert step(hours=hours).hours == Hours(
        timezone="Asia/Tokyo", days={"sat": ("22:00", "06:00"), "sun": ("22:00", "06:00")}
    )


def test_a_step_left_short_is_shown_short() -> None:
    given = {"trigger": {"unresolved": True}, "notify": ["deputy"], "channels": ["email"]}
    assert shown(written(given)) == {"key": "critical", "chain": "account", "steps": [given]}
    assert document(given).steps[0] == PolicyStep(
        trigger=Trigger(unresolved=True), notify=("deputy",), channels=(Channel.EMAIL,)
    )


UNRESOLVED: Given = {"trigger": {"unresolved": True}}


@pytest.mark.parametrize(
    ("given", "pointer", "word"),
    [
        ({**UNRESOLVED, "after_minutes": -1}, "/after_minutes", "0 or more"),
        ({**UNRESOLVED, "after_minutes": 600_000}, "/after_minutes", "527040 or less"),
        ({**UNRESOLVED, "repeat": 2}, "", "every_minutes"),
        ({**UNRESOLVED, "repeat": 51, "every_minutes": 1}, "/repeat", "50 or less"),
        ({**UNRESOLVED, "notify": []}, "/notify", "not be empty"),
        ({**UNRESOLVED, "next_channel_after_minutes": 2}, "", "in_turn"),
        ({**UNRESOLVED, "outside_hours": "wait"}, "", "'hours'"),
        ({**UNRESOLVED, "hours": {}}, "/hours", "at least one weekday"),
        ({**UNRESOLVED, "hours": {"mon": "8-18"}}, "/hours", "no span of hours"),
        ({**UNRESOLVED, "hours": {"timezone": "Mars/Base", "mon": "08:00-18:00"}},
         "/hours/timezone", "no timezone"),
        ({"trigger": {}}, "/trigger", "exactly one"),
        ({"trigger": {"unresolved": True, "reopened": True}}, "/trigger", "exactly one"),
        ({"trigger": {"reopened": False}}, "/trigger", "only be true"),
        ({"trigger": {"sla_at_risk": False}}, "/trigger/sla_at_risk", "only be true"),
        ({"trigger": {"sla_at_risk": 1}}, "/trigger/sla_at_risk", "less than 1"),
        ({"trigger": {"sla_at_risk": 0}}, "/trigger/sla_at_risk", "more than 0"),
        ({"trigger": {"update_overdue_minutes": -3}}, "/trigger/update_overdue_minutes", "0 or"),
        ({"trigger": {"contact_unreachable": False}}, "/trigger/contact_unreachable", "only be"),
        ({"trigger": {"clients_affected_at_least": 0}},
         "/trigger/clients_affected_at_least", "1 or more"),
        ({"trigger": {"clients_affected_at_least": True}},
         "/trigger/clients_affected_at_least", "whole number"),
        ({"trigger": {"all": []}}, "/trigger/all", "not be empty"),
        ({"trigger": {"any": []}}, "/trigger/any", "not be empty"),
        ({"trigger": {"all": [{"any": [{"all": [{"any": [{"reopened": True}]}]}]}]}},
         "/trigger", "3 deep"),
        ({"trigger": {"any": [{"reopened": True}] * 9}}, "/trigger", "8 conditions"),
        ({"trigger": {"moon_is_full": True}}, "/trigger/moon_is_full", "no such field"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(
    given: Given, pointer: str, word: str
) -> None:
    places = refused(given)
    assert word in places[f"/steps/0{pointer}"], places


def test_a_policy_has_steps() -> None:
    assert refused() == {"/steps": "This must not be empty."}


def account(**fields: Any) -> Given:
    return {"steps": [{"notify": ["deputy"], "channels": ["email"], **UNRESOLVED, **fields}]}


def test_our_own_people_are_called_by_the_roles_of_a_team_or_as_on_duty() -> None:
    assert faults_of(account(notify=["director", "on_duty"])) == {}
    found = faults_of(account(notify=["deputy", "it_lead"]))
    assert "no role of an account team" in found["/escalation_policies/0/steps/0/notify/1"]


def test_a_clients_confirmation_says_nothing_of_our_own_people() -> None:
    both = {"any": [{"unresolved": True}, {"unconfirmed": True}]}
    found = faults_of(account(trigger=both))
    assert list(found) == ["/escalation_policies/0/steps/0/trigger/any/1/unconfirmed"]


def test_a_clients_own_chain_brings_in_its_contacts_until_one_confirms() -> None:
    ours = {"chain": "client", **account(trigger={"unconfirmed": True}, notify=["it_lead"])}
    assert faults_of(ours) == {}
    assert document({"trigger": {"unconfirmed": True}}, chain="client").chain is ChainKind.CLIENT
    wrong = {"chain": "client", **account(trigger={"unacknowledged": True}, notify=["deputy"])}
    assert set(faults_of(wrong)) == {
        "/escalation_policies/0/steps/0/notify/0",
        "/escalation_policies/0/steps/0/trigger/unacknowledged",
    }


@pytest.mark.parametrize(
    ("severities", "trigger"),
    [
        (["sev3"], {"severity_at_least": "sev2"}),
        (["sev5"], {"severity_raised": True}),
        (["sev2", "sev3"], {"all": [{"unresolved": True}, {"severity_at_least": "sev1"}]}),
        (["sev4"], {"any": [{"severity_at_least": "sev1"}, {"severity_at_least": "sev3"}]}),
    ],
)
def test_a_step_that_can_never_call_is_refused(severities: list[str], trigger: Given) -> None:
    found = faults_of(account(trigger=trigger, severities=severities))
    assert list(found) == ["/escalation_policies/0/steps/0/severities"]


def test_a_step_that_can_call_sometimes_is_not() -> None:
    either = {"any": [{"severity_at_least": "sev1"}, {"unresolved": True}]}
    assert faults_of(account(trigger=either, severities=["sev4"])) == {}


def test_a_client_that_a_step_names_exists() -> None:
    named = {"all": [{"client_affected": "acme"}, {"unresolved": True}]}
    found = faults_of(account(trigger=named, clients=["birch"]))
    assert found == {
        "/escalation_policies/0/steps/0/trigger/all/0/client_affected": (
            "There is no client 'acme'."
        ),
        "/escalation_policies/0/steps/0/clients/0": "There is no client 'birch'.",
    }


PLAN: Given = {
    "key": "gold",
    "severities": {
        "sev1": {"notify": [], "update_every_minutes": 30, "first_notice_within_minutes": 10}
    },
}


def test_a_plan_names_each_sort_of_policy_in_its_own_place() -> None:
    own = {"chain": "client", **account(trigger={"unconfirmed": True}, notify=["it_lead"])}
    plan = {**PLAN, "escalation_policy": "critical", "confirmation_policy": "default"}
    client = {"key": "acme", "name": "ACME", "confirmation_policy": "critical"}
    found = faults_of(own, communication_plans=[plan], clients=[client])
    assert set(found) == {
        "/communication_plans/0/escalation_policy",
        "/communication_plans/0/confirmation_policy",
    }
    nobody = {**client, "confirmation_policy": "nobodys"}
    assert "/clients/0/confirmation_policy" in faults_of(own, clients=[nobody])
