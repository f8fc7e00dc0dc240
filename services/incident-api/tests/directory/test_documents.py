"""What a directory document may say, and in which words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from incident_api.directory import contract_documents
from incident_api.directory.document import Document, shown
from incident_api.directory.entries import (
    ClientEntry,
    ContactEntry,
    ProviderEntry,
    SystemUseEntry,
    TeamEntry,
)
from incident_api.directory.parsing import Unreadable, read_json, read_yaml
from incident_api.directory.plan_entries import PlanEntry
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.request_body import validated
from incident_api.web.problem import Problem
from tocsin_contracts.directory import Client, CommunicationPlan, Fallback, Provider, QuietHours
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.words import Channel, Kind, Severity

CONTACT = {"key": "jo", "name": "Jo Frei", "roles": ["it_lead"]}
SEV1 = {
    "notify": [{"roles": ["it_lead"], "channels": ["email"]}],
    "update_every_minutes": 30,
    "first_notice_within_minutes": 10,
}


def contact(**fields: Any) -> ContactEntry:
    return validated({**CONTACT, **fields}, ContactEntry)


def plan(**fields: Any) -> PlanEntry:
    return validated({"key": "gold", "severities": {"sev1": SEV1}, **fields}, PlanEntry)


def step(**fields: Any) -> PolicyEntry:
    whole = {"notify": ["deputy"], "channels": ["email"], **fields}
    return validated({"key": "critical", "steps": [whole]}, PolicyEntry)


def refused(document: Any, model: Any = Document) -> dict[str, str]:
    """Pointer to sentence of each wrong place."""
    with pytest.raises(Problem) as caught:
        validated(document, model)
    assert caught.value.kind.slug == "invalid"
    return {error.pointer: error.detail for error in caught.value.errors}


def test_a_single_role_is_short_for_a_list() -> None:
    one = {name: value for name, value in CONTACT.items() if name != "roles"}
    assert validated({**one, "role": "ceo"}, ContactEntry).roles == ("ceo",)
    assert "not both" in refused({**CONTACT, "role": "ceo"}, ContactEntry)[""]
    assert refused(one, ContactEntry) == {"/roles": "This field is needed."}


def test_a_system_is_named_alone_or_with_the_clients_own_word() -> None:
    client = validated(
        {"key": "acme", "name": "ACME", "systems": ["crm", {"key": "mail", "called": "Post"}]},
        ClientEntry,
    )
    assert client.systems == (
        SystemUseEntry(key="crm"),
        SystemUseEntry(key="mail", called="Post"),
    )
    assert shown(client)["systems"] == ["crm", {"key": "mail", "called": "Post"}]


def test_a_client_may_have_an_everyday_name() -> None:
    client = validated({"key": "acme", "name": "ACME GmbH", "called": "ACME"}, ClientEntry)

    told = contract_documents.document_of(client)

    assert isinstance(told, Client)
    assert (told.name, told.short_name) == ("ACME GmbH", "ACME")
    assert told.model_copy(update={"called": None}).short_name == "ACME GmbH"


@pytest.mark.parametrize(
    "name",
    [
        "Ana María",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: a zero-width non-joiner
        "\U0001f469\u200d\U0001f4bb Dev",  # an emoji of three characters
        "Société\u00a0Générale",
        "\u200f\u05e9. \u05dc\u05d5\u05d9",
    ],
)
def test_names_of_all_languages_are_welcome(name: str) -> None:
    assert contact(name=name).name == name


def test_the_same_role_twice_is_meant_once() -> None:
    assert contact(roles=["ceo", "it_lead", "ceo"]).roles == ("ceo", "it_lead")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+49 30 23125-142", "+493023125142"),
        ("+49 (0)30 23125142", "+493023125142"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_phone_numbers_are_kept_in_one_form(written: str, kept: str) -> None:
    assert contact(phone=written).phone == kept


@pytest.mark.parametrize("phone", ["030 23125142", "+49", "call me", "+49 30 23125142 ext. 5", ""])
def test_a_phone_number_needs_its_country_code(phone: str) -> None:
    assert "/phone" in refused({**CONTACT, "phone": phone}, ContactEntry)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Jo@ACME.Example", "Jo@acme.example"), ("jo@münchen.example", "jo@xn--mnchen-3ya.example")],
)
def test_mail_addresses_are_kept_in_one_form(written: str, kept: str) -> None:
    assert contact(email=written).email == kept


@pytest.mark.parametrize(
    "email",
    ["jo", "jo@", "@acme.example", "a b@acme.example", "jo@acme.example\nBcc: x@y.example", ""],
)
def test_what_is_no_mail_address(email: str) -> None:
    assert "/email" in refused({**CONTACT, "email": email}, ContactEntry)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Base"),
        ("timezone", "CEST"),
        ("locale", "xx"),
        ("locale", "german"),
        ("locale", "de_DE"),
        ("slack", "two words"),
        ("webhook", "ftp://acme.example"),
        ("webhook", "https://user:word@acme.example/"),
        ("webhook", "https://"),
        ("teams", "not an address"),
        ("apprise", "not an address"),
        ("roles", []),
        ("roles", ["IT Lead"]),
        ("key", "Jo Frei"),
        ("name", "two\nlines"),
    ],
)
def test_a_wrong_value_is_pointed_at(field: str, value: Any) -> None:
    places = refused({**CONTACT, field: value}, ContactEntry)
    assert any(place.startswith(f"/{field}") for place in places)


@pytest.mark.parametrize(
    "secret", ["plain", "whsec_", "whsec_short", "whsec_***", "whsec_" + "A" * 400]
)
def test_a_webhook_secret_has_the_standards_form(secret: str) -> None:
    webhook = {"url": "https://acme.example/", "secret": secret}
    assert "/webhook/secret" in refused({**CONTACT, "webhook": webhook}, ContactEntry)


def test_service_hours_are_written_by_ranges_and_kept_by_day() -> None:
    hours = plan(
        service_hours={"timezone": "Europe/Berlin", "mon-thu": "08:00-18:00", "sat": "22:00-02:00"}
    ).service_hours
    assert hours is not None
    assert list(hours.days) == ["mon", "tue", "wed", "thu", "sat"]
    assert hours.days["thu"] == ("08:00", "18:00")


@pytest.mark.parametrize(
    "days",
    [
        {"mon-fri": "08:00-18:00", "fri": "08:00-12:00"},
        {"fri-mon": "08:00-18:00"},
        {"monday": "08:00-18:00"},
        {"mon": "8-18"},
        {"mon": "08:00-25:00"},
        {"mon": 480},
    ],
)
def test_service_hours_that_make_no_sense(days: dict[str, Any]) -> None:
    document = {
        "key": "gold",
        "severities": {"sev1": SEV1},
        "service_hours": {"timezone": "UTC", **days},
    }
    assert "/service_hours" in refused(document, PlanEntry)


def test_minutes_may_be_decimal_and_are_shown_as_numbers() -> None:
    severities = {"sev1": {**SEV1, "first_notice_within_minutes": 0.2}}
    entry = validated({"key": "gold", "severities": severities}, PlanEntry)
    assert entry.severities  # a plan has at least one
    kept = next(iter(entry.severities.values()))
    assert kept.first_notice_within_minutes == Decimal("0.2")
    shown_entry = shown(entry)["severities"]["sev1"]
    assert shown_entry["first_notice_within_minutes"] == 0.2
    assert repr(shown_entry["update_every_minutes"]) == "30"


@pytest.mark.parametrize("minutes", [0, -1, "soon", 1e9, None])
def test_a_cadence_is_more_than_nothing_and_less_than_a_year(minutes: Any) -> None:
    severities = {"sev1": {**SEV1, "update_every_minutes": minutes}}
    places = refused({"key": "gold", "severities": severities}, PlanEntry)
    assert "/severities/sev1/update_every_minutes" in places


def test_a_trigger_is_exactly_one_condition() -> None:
    one = step(trigger={"unacknowledged": True}, repeat=2, every_minutes=5)
    assert shown(one)["steps"][0]["trigger"] == {"unacknowledged": True}
    for trigger in ({}, {"unacknowledged": True, "unresolved": True}, {"unresolved": False}):
        with pytest.raises(Problem):
            step(trigger=trigger)


def test_a_step_that_repeats_needs_a_pace() -> None:
    with pytest.raises(Problem, match="every_minutes"):
        step(trigger={"unacknowledged": True}, repeat=2)


def test_a_plan_says_everything_about_how_a_client_is_kept_informed() -> None:
    whole = {
        "key": "gold",
        "severities": {
            "sev1": {
                **SEV1,
                "notify": [
                    {
                        "roles": ["it_lead"],
                        "channels": ["email"],
                        "fallback": {"channel": "sms", "after_minutes": 5},
                    }
                ],
                "by_kind": {"closure": [{"roles": ["ceo"], "channels": ["email"]}]},
            }
        },
        "maintenance": [{"roles": ["it_lead"], "channels": ["email"]}],
        "quiet_hours": {"from": "22:00", "to": "07:00"},
        "approval": {"kinds": ["initial"], "on_no_answer": "holding_notice"},
        "cap": {"messages": 6, "per_minutes": 60},
        "group_minutes": 3,
        "drills": "clients",
        "feedback_after_hours": 0,
        "wording": {"initial": "house"},
    }
    entry = validated(whole, PlanEntry)
    written = shown(entry)
    assert written["quiet_hours"] == {"from": "22:00", "to": "07:00"}
    assert written["approval"]["by"] == "account_manager"

    told = contract_documents.document_of(entry)

    assert isinstance(told, CommunicationPlan)
    assert told.quiet_hours == QuietHours(start="22:00", end="07:00")
    assert told.severities[Severity.SEV1].notify[0].fallback == Fallback(channel=Channel.SMS)
    assert set(told.severities[Severity.SEV1].by_kind) == {Kind.CLOSURE}
    assert told.feedback_after_hours is None  # nought hours: never
    assert told.holding_next_word_minutes == 20


def test_planned_work_may_wait_for_a_yes_too() -> None:
    kinds = ["initial", "maintenance_announced"]
    entry = validated(
        {"key": "gold", "severities": {"sev1": SEV1}, "approval": {"kinds": kinds}}, PlanEntry
    )
    told = contract_documents.document_of(entry)
    assert isinstance(told, CommunicationPlan)
    assert told.approval is not None
    assert told.approval.kinds == (Kind.INITIAL, Kind.MAINTENANCE_ANNOUNCED)


@pytest.mark.parametrize(
    ("document", "pointer", "words"),
    [
        ({"quiet_hours": {"from": "22:00"}}, "/quiet_hours/to", "needed"),
        ({"quiet_hours": {"from": "25:00", "to": "07:00"}}, "/quiet_hours/from", '"22:00"'),
        ({"quiet_hours": {"from": "07:00", "to": "07:00"}}, "/quiet_hours", "are the same"),
        ({"approval": {"kinds": ["escalation"]}}, "/approval/kinds/0", "your own people"),
        ({"approval": {"kinds": []}}, "/approval/kinds", ""),
        ({"cap": {"messages": 0, "per_minutes": 60}}, "/cap/messages", ""),
        ({"wording": {"greeting": "house"}}, "/wording/greeting", ""),
        ({"drills": "everybody"}, "/drills", ""),
    ],
)
def test_what_a_plan_cannot_mean(document: dict[str, Any], pointer: str, words: str) -> None:
    places = refused({"key": "gold", "severities": {"sev1": SEV1}, **document}, PlanEntry)
    assert words in " ".join(detail for place, detail in places.items() if pointer in place)
    assert any(place.startswith(pointer) for place in places)


def test_a_fallback_is_another_channel() -> None:
    rule = {"roles": ["ceo"], "channels": ["email"], "fallback": {"channel": "email"}}
    severities = {"sev1": {**SEV1, "notify": [rule]}}
    places = refused({"key": "gold", "severities": severities}, PlanEntry)
    assert "name another" in places["/severities/sev1/notify/0"]


def test_how_incidents_start_is_the_providers_to_say() -> None:
    whole = {
        "name": "Nordlicht IT",
        "publication": {
            "rules": [
                {"severities": ["sev1"], "visibility": "published"},
                {"sources": ["zabbix"], "visibility": "internal", "confirm_after_minutes": 5},
            ]
        },
        "linking": {"same_root_within_minutes": 0},
    }
    told = contract_documents.document_of(validated(whole, ProviderEntry))

    assert isinstance(told, Provider)
    assert [rule.confirm_after_minutes for rule in told.publication.rules] == [None, 5]
    assert told.publication.holding_margin_minutes == 2
    assert told.linking.same_root_within_minutes == 0
    wrong = {**whole["publication"]["rules"][1], "visibility": "published"}  # type: ignore[index]
    places = refused({"name": "N", "publication": {"rules": [wrong]}}, ProviderEntry)
    assert "internal" in places["/publication/rules/0"]


def test_a_reader_may_wish_for_less() -> None:
    wishes = {"severity_at_least": "sev2", "channels": ["email"]}
    entry = validated(
        {"key": "a", "name": "A", "contacts": [{**CONTACT, "preferences": wishes}]}, ClientEntry
    )
    told = contract_documents.document_of(entry)
    assert isinstance(told, Client)
    assert told.contacts[0].preferences.severity_at_least is Severity.SEV2
    assert shown(entry)["contacts"][0]["preferences"] == wishes


def test_unknown_fields_are_refused_with_their_place() -> None:
    document = {"clients": [{"key": "a", "name": "A", "contacts": [{**CONTACT, "fax": "1"}]}]}
    assert refused(document) == {"/clients/0/contacts/0/fax": "There is no such field."}
    assert "/client" in refused({"client": []})


def test_staff_is_known_by_key_or_else_by_mail() -> None:
    team = validated(
        {"key": "a", "account_manager": {"name": "Ann", "email": "ann@nordlicht.example"}},
        TeamEntry,
    )
    assert [member.person for member in team.members().values()] == ["ann@nordlicht.example"]
    places = refused({"key": "a", "deputy": {"name": "Tom"}}, TeamEntry)
    assert "Give a key or an email" in places["/deputy"]


def test_somebody_who_is_called_at_last_can_be_reached() -> None:
    places = refused({"provider": {"name": "N", "last_resort": {"name": "Eva"}}})
    assert "/provider/last_resort" in places


YAML = """
provider: {name: Nordlicht IT, timezone: Europe/Oslo}
clients:
  - key: acme
    name: Acme
    locale: no          # Norwegian, not "false"
    contacts:
      - {key: jo, name: Jo, role: ceo, phone: +49 30 23125142}
      - {key: oh7, name: 007, role: ceo, phone: +4930231251420}
"""


def test_yaml_reads_as_people_mean_it() -> None:
    document = validated(read_yaml(YAML.encode()), Document)
    assert document.clients is not None
    client = document.clients[0]
    assert client.locale == "no"
    assert [c.phone for c in client.contacts] == ["+493023125142", "+4930231251420"]
    assert client.contacts[1].name == "007"
    assert read_yaml(b"a: 0.2\nb: 30\nc: true\nd: ~\ne: '30'\nf: 08:00-18:00") == {
        "a": 0.2,
        "b": 30,
        "c": True,
        "d": None,
        "e": "30",
        "f": "08:00-18:00",
    }


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": NaN}', "[" * 5000, '{"a"'])
def test_json_that_is_ambiguous_or_broken(text: str) -> None:
    with pytest.raises(Unreadable):
        read_json(text.encode())


@pytest.mark.parametrize(
    "written", ["C024BE91L", "T024BE7LD/C024BE91L", "jo@acme.example", "T024BE7LD/jo@acme.example"]
)
def test_slack_is_an_id_or_a_members_address_with_or_without_its_workspace(written: str) -> None:
    assert contact(slack=written).slack == written


def test_a_plan_caps_one_channel_and_sets_an_hourly_budget() -> None:
    written = plan(caps={"sms": {"messages": 3, "per_minutes": 60}}, budget={"sms_per_hour": 20})

    document = contract_documents.document_of(written)

    assert isinstance(document, CommunicationPlan)
    assert document.caps[Channel.SMS].messages == 3
    assert document.budget is not None
    assert (document.budget.sms_per_hour, document.budget.calls_per_hour) == (20, None)


@pytest.mark.parametrize("trigger", ["question_unanswered", "contact_unreachable"])
def test_a_step_may_watch_questions_and_people_out_of_reach(trigger: str) -> None:
    document = contract_documents.document_of(step(trigger={trigger: True}))

    assert isinstance(document, EscalationPolicy)
    assert getattr(document.steps[0].trigger, trigger) is True
