"""Who is told: properties over any client, plan and past."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from dispatcher.directory.view import Person, View
from dispatcher.planning.model import Target, Told
from dispatcher.planning.rules import client_targets
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.directory import (
    Addresses,
    Client,
    Contact,
    Fallback,
    NotifyRule,
    Preferences,
    Provider,
    SeverityEntry,
)
from tocsin_contracts.words import Channel, Severity

ROLES = ["it_lead", "ceo", "ops", "finance"]
KEYS = ["jo", "mia", "bo", "eva", "tim"]
CHANNELS = [Channel.EMAIL, Channel.SLACK]

rules = st.builds(
    NotifyRule,
    roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True).map(tuple),
    channels=st.lists(st.sampled_from(Channel), min_size=1, max_size=3, unique=True).map(tuple),
    fallback=st.none() | st.builds(Fallback, channel=st.sampled_from(Channel)),
)
wishes = st.builds(
    Preferences,
    severity_at_least=st.none() | st.sampled_from(Severity),
    channels=st.none() | st.lists(st.sampled_from(Channel), max_size=2, unique=True).map(tuple),
)
entries = st.lists(rules, max_size=3).map(lambda given: entry(*given))
contacts = st.lists(
    st.builds(
        Contact,
        key=st.sampled_from(KEYS),
        name=st.sampled_from(["Jo", "Mia", "Bo"]),
        roles=st.lists(st.sampled_from(ROLES), max_size=3, unique=True).map(tuple),
        preferences=wishes,
    ),
    max_size=5,
    unique_by=lambda contact: contact.key,
)
labels = st.dictionaries(st.sampled_from(CHANNELS), st.sampled_from(["a", "b", "c"]))
people = st.dictionaries(st.sampled_from(KEYS), labels)
past = st.lists(
    st.builds(
        Told,
        client_key=st.just("acme"),
        person=st.sampled_from(KEYS),
        person_name=st.just("Someone"),
        roles=st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple),
        channel=st.sampled_from(CHANNELS),
        by_fallback=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda told: (told.person, told.channel),
)


def entry(*given: NotifyRule) -> SeverityEntry:
    return SeverityEntry(
        notify=given,
        update_every_minutes=Decimal(30),
        first_notice_within_minutes=Decimal(10),
    )


def client(*given: Contact) -> Client:
    return Client(key="acme", name="ACME GmbH", timezone="Europe/Berlin", contacts=given)


def view(known: dict[str, dict[Channel, str]]) -> View:
    found = {
        ("acme", key): Person(key, key.title(), 1, Addresses(), where)
        for key, where in known.items()
    }
    strangers = {
        ("other", key): Person(key, "Stranger", 1, Addresses(), {Channel.EMAIL: "stranger"})
        for key in KEYS
    }
    return View(people={**found, **strangers})


def targets(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told] | None = None,
    severity: Severity = Severity.SEV1,
) -> list[Target]:
    return client_targets(
        view(known),
        client(*given),
        plan.notify,
        severity=severity,
        told=told or [],
        channels=CHANNELS,
        because="ACME GmbH uses Mail EU",
    )


@given(contacts, entries, people, past)
def test_there_is_one_message_a_destination(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
) -> None:
    going = [t for t in targets(given, plan, known, told) if t.skip is None]
    places = [(target.channel, target.destination) for target in going]
    assert len(places) == len(set(places))


@given(contacts, entries, people, past)
def test_only_the_clients_own_people_are_written_to(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
) -> None:
    own = {contact.key for contact in given}
    for target in targets(given, plan, known, told):
        if target.skip is None:
            assert target.person in own
            assert target.destination != "stranger"
            assert target.destination == known[target.person][target.channel]


@given(contacts, entries, people, past)
def test_everyone_the_plan_names_is_told_or_it_says_why_not(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
) -> None:
    made = targets(given, plan, known, told)
    for rule in plan.notify:
        for role in rule.roles:
            for channel in rule.channels:
                assert any(role in t.roles and t.channel is channel for t in made)


@given(contacts, entries, people, past, st.sampled_from(Severity))
def test_each_rule_is_served_by_name_or_it_says_why_not(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
    severity: Severity,
) -> None:
    """Whether a promise is kept is counted by these places."""
    made = targets(given, plan, known, told, severity)
    served = {place for target in made for place in target.rules}
    assert served == set(range(len(plan.notify)))
    for target in made:
        for place in target.rules:
            assert set(plan.notify[place].roles) & set(target.roles)


@given(contacts, entries, people, past, st.sampled_from(Severity))
def test_a_fallback_stands_in_for_somebody_and_nobody_hears_twice_on_one_channel(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
    severity: Severity,
) -> None:
    made = targets(given, plan, known, told, severity)
    first = [target for target in made if not target.instead_of]
    for fallback in made[len(first) :]:
        assert fallback.instead_of
        assert set(fallback.instead_of) <= {target.place for target in first}
        assert fallback.place not in {t.place for t in first if t.skip is None}


@given(contacts, entries, people, st.sampled_from(Severity))
def test_a_reader_gets_nothing_they_do_not_wish(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    severity: Severity,
) -> None:
    wished = {contact.key: contact.preferences for contact in given}
    for target in targets(given, plan, known, severity=severity):
        if target.skip is None:
            wish = wished[target.person]
            assert wish.channels is None or target.channel in wish.channels
            assert wish.severity_at_least is None or severity.at_least(wish.severity_at_least)


@given(contacts, entries, people, past)
def test_everyone_told_before_is_told_again_or_replaced_or_it_says_why_not(
    given: list[Contact],
    plan: SeverityEntry,
    known: dict[str, dict[Channel, str]],
    told: list[Told],
) -> None:
    made = targets(given, plan, known, told)
    for earlier in told:
        there = [t for t in made if t.channel is earlier.channel]
        roles = {role for t in there for role in t.roles}
        # A fallback whose destination gets it anyway goes as that message.
        anyway = earlier.by_fallback and any(t.skip is None for t in there)
        assert roles & set(earlier.roles) or anyway


@given(contacts, entries, people)
def test_because_lists_every_role(
    given: list[Contact], plan: SeverityEntry, known: dict[str, dict[Channel, str]]
) -> None:
    words: dict[str, str] = {"it_lead": "IT lead", "ceo": "CEO", "ops": "ops", "finance": "finance"}
    for target in targets(given, plan, known):
        assert all(words[role] in target.because for role in target.roles)


def contact(key: str, *roles: str) -> Contact:
    return Contact(key=key, name=key.title(), roles=roles)


def mail_to(*roles: str) -> SeverityEntry:
    return entry(NotifyRule(roles=roles, channels=(Channel.EMAIL,)))


def test_who_left_is_replaced_by_whoever_holds_the_role_now() -> None:
    told = [Told("acme", "jo", "Jo Frei", ("it_lead",), Channel.EMAIL)]
    made = targets([contact("mia", "it_lead")], entry(), {"mia": {Channel.EMAIL: "m"}}, told)
    assert [(t.person, t.skip) for t in made] == [("mia", None)]


def test_who_left_without_a_successor_is_skipped_with_the_reason() -> None:
    told = [Told("acme", "jo", "Jo Frei", ("it_lead",), Channel.EMAIL)]
    [gone] = targets([], entry(), {}, told)
    assert gone.person_name == "Jo Frei"
    assert gone.skip == "no longer a contact of ACME GmbH, and nobody holds that role now"


def test_a_severity_that_falls_forgets_nobody_who_was_told() -> None:
    told = [Told("acme", "jo", "Jo", ("ceo",), Channel.EMAIL)]
    known = {"jo": {Channel.EMAIL: "j"}, "mia": {Channel.EMAIL: "m"}}
    made = targets(
        [contact("jo", "ceo"), contact("mia", "it_lead")], mail_to("it_lead"), known, told
    )
    assert {t.person for t in made} == {"jo", "mia"}


def test_two_people_behind_one_address_get_one_message_for_both() -> None:
    known = {"jo": {Channel.EMAIL: "office"}, "mia": {Channel.EMAIL: "office"}}
    people = [contact("jo", "it_lead"), contact("mia", "ceo")]
    [only] = targets(people, mail_to("it_lead", "ceo"), known)
    assert only.because == "IT lead and CEO of ACME GmbH: ACME GmbH uses Mail EU"
    assert only.reader.name is None
    assert only.reader.why == "This address gets it for Jo (IT lead) and Mia (CEO) of ACME GmbH."


def test_what_stands_in_the_way_is_said() -> None:
    rule = NotifyRule(roles=("it_lead", "ceo"), channels=(Channel.EMAIL, Channel.SMS))
    made = targets([contact("jo", "it_lead")], entry(rule), {"jo": {}})
    assert sorted(t.skip or "" for t in made) == [
        "Jo has no email address",
        "nobody at ACME GmbH holds the role ceo",
        "nobody at ACME GmbH holds the role ceo",
        "the channel sms is not set up",
    ]


def test_what_stands_in_for_nobody_who_can_be_told_is_told_as_any_other() -> None:
    to_slack = Fallback(channel=Channel.SLACK)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=to_slack)
    made = targets([contact("jo", "it_lead")], entry(rule), {"jo": {Channel.SLACK: "C0JO"}})
    assert [(t.channel, t.instead_of, t.rules) for t in made if t.skip is None] == [
        (Channel.SLACK, (), (0,))
    ]


def test_who_is_told_anyway_where_a_fallback_would_go_serves_its_rule_too() -> None:
    to_slack = Fallback(channel=Channel.SLACK)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=to_slack)
    told = [Told("acme", "jo", "Jo", ("it_lead",), Channel.SLACK)]
    known = {"jo": {Channel.EMAIL: "j", Channel.SLACK: "C0JO"}}
    made = targets([contact("jo", "it_lead")], entry(rule), known, told)
    assert [(t.channel, t.rules) for t in made] == [(Channel.EMAIL, (0,)), (Channel.SLACK, (0,))]


def test_every_reader_gets_the_providers_status_page() -> None:
    jo = Contact(key="jo", name="Jo Frei", roles=("it_lead",))
    plan = entry(NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,)))
    portal = "https://status.nordlicht.example"
    seen = replace(
        view({"jo": {Channel.EMAIL: "a"}}),
        provider=Provider(name="Nordlicht IT", timezone="Europe/Berlin", portal_url=portal),
    )
    [target] = client_targets(
        seen,
        client(jo),
        plan.notify,
        severity=Severity.SEV1,
        told=[],
        channels=CHANNELS,
        because="ACME GmbH uses Mail EU",
    )
    assert target.reader.status_link == portal
