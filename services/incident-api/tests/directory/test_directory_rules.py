"""The pure rules of the directory: references, changes, secrets, what is published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_api.directory.changes import Changes, changes, news
from incident_api.directory.document import Document, Entries, EntryId, export
from incident_api.directory.entries import Entry, SystemEntry
from incident_api.directory.fields import STORED
from incident_api.directory.merging import merged
from incident_api.directory.people import people_in, spread
from incident_api.directory.planning import Faulty
from incident_api.directory.publishing import NOTHING, published
from incident_api.directory.references import faults, path_of, references_to
from incident_api.directory.removals import refusal
from incident_api.directory.secrets import Sealer, Secrets, kept, settle

KEYS = st.sampled_from(["a", "b", "c", "d"])
NAMES = st.sampled_from(["Alpha", "Beta", "Gamma"])
SECRETS = st.sampled_from(["https://one.example/x", "https://two.example/y"])
SEALER = Sealer(seal=lambda plain: f"sealed({plain})", digest_key=b"k")


def systems(**depends_on: list[str]) -> Entries:
    return {
        ("system", key): SystemEntry(key=key, name=key, depends_on=tuple(on))
        for key, on in depends_on.items()
    }


def entries_of(document: dict[str, Any]) -> Entries:
    return merged(Document.model_validate(document), {}).entries


contacts = st.lists(
    st.fixed_dictionaries(
        {"key": KEYS, "name": NAMES, "roles": st.just(["ceo"])},
        optional={"teams": SECRETS, "email": st.just("x@acme.example")},
    ),
    unique_by=lambda contact: contact["key"],
    max_size=3,
)
documents = st.fixed_dictionaries(
    {
        "systems": st.lists(
            st.fixed_dictionaries({"key": KEYS, "name": NAMES}),
            unique_by=lambda system: system["key"],
        ),
        "clients": st.lists(
            st.fixed_dictionaries({"key": KEYS, "name": NAMES, "contacts": contacts}),
            unique_by=lambda client: client["key"],
        ),
    }
)


def applied(
    entries: Entries, before: Entries, secrets: Secrets
) -> tuple[dict[EntryId, Entry], dict[Any, Any]]:
    """Entries with masks, and their secrets, as an apply keeps them."""
    masked: dict[EntryId, Entry] = {}
    sealed: dict[Any, Any] = {}
    for entry_id, entry in entries.items():
        masked[entry_id], own, wrong = settle(entry, kept(before, secrets), SEALER)
        assert wrong == []
        sealed |= own
    return masked, sealed


@given(documents)
def test_applying_a_document_twice_changes_nothing_the_second_time(
    document: dict[str, Any],
) -> None:
    first, secrets = applied(entries_of(document), {}, {})
    second, secrets_again = applied(entries_of(document), first, secrets)
    found = changes(first, second, secrets, secrets_again)
    assert found.nothing
    assert set(found.left) == set(first)
    assert not news(published(first, secrets), published(second, secrets_again)).documents


@given(documents)
def test_an_export_applies_without_a_change(document: dict[str, Any]) -> None:
    first, secrets = applied(entries_of(document), {}, {})
    second, secrets_again = applied(entries_of(export(first)), first, secrets)
    assert changes(first, second, secrets, secrets_again).nothing


@given(documents)
def test_what_is_kept_in_the_table_reads_back_the_same(document: dict[str, Any]) -> None:
    first, _ = applied(entries_of(document), {}, {})
    from incident_api.directory.document import shown

    for entry in first.values():
        assert type(entry).model_validate(shown(entry), context=STORED) == entry


@settings(max_examples=200)
@given(documents, documents)
def test_what_was_told_and_the_news_make_what_is_true_now(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """A consumer that applies the news to its copy has the same as one that reads it all."""
    before, secrets = applied(entries_of(old), {}, {})
    after, secrets_after = applied(entries_of(new), before, secrets)
    was, now = published(before, secrets), published(after, secrets_after)
    told = news(was, now)
    copy = {i: d for i, d in {**was.documents, **told.documents}.items() if d is not None}
    people = {i: p for i, p in {**was.people, **told.people}.items() if p is not None}
    assert copy == dict(now.documents)
    assert people == dict(now.people)


@given(documents, documents)
def test_every_entry_is_created_changed_left_or_removed_and_only_one_of_these(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    before, secrets = applied(entries_of(old), {}, {})
    after, secrets_after = applied(entries_of(new), before, secrets)
    found = changes(before, after, secrets, secrets_after)
    groups = [*found.created, *found.changed, *found.left, *found.removed]
    assert sorted(groups) == sorted(before.keys() | after.keys())


def test_nothing_is_kept_of_the_secret_but_its_seal_and_its_hash() -> None:
    document = {
        "clients": [
            {
                "key": "a",
                "name": "A",
                "contacts": [
                    {"key": "jo", "name": "Jo", "role": "ceo", "teams": "https://t.example/zzz"}
                ],
            }
        ]
    }
    masked, secrets = applied(entries_of(document), {}, {})
    assert "zzz" not in repr(masked)
    assert [s.sealed for s in secrets.values()] == ["sealed(https://t.example/zzz)"]
    assert all(b"zzz" not in s.digest for s in secrets.values())


def test_systems_that_depend_on_one_another_in_a_circle() -> None:
    circle = systems(mail=["storage"], storage=["net"], net=["mail"], crm=["mail"])
    found = faults(circle, path_of)
    assert len(found) == 1
    assert "circle" in found[0].detail
    for name in ("mail", "storage", "net"):
        assert name in found[0].detail
    assert faults(systems(mail=["mail"]), path_of)[0].pointer == "/systems/mail/depends_on"


def test_a_name_that_leads_nowhere() -> None:
    found = faults(systems(mail=["storage"]), path_of)
    assert [(f.pointer, f.detail) for f in found] == [
        ("/systems/mail/depends_on/0", "There is no system 'storage'.")
    ]


def test_the_default_plan_and_policy_may_be_named_without_being_written() -> None:
    document = {"clients": [{"key": "a", "name": "A", "communication_plan": "default"}]}
    assert faults(entries_of(document), path_of) == []


def test_a_contact_or_system_twice_in_one_client() -> None:
    jo = {"key": "jo", "name": "Jo", "roles": ["ceo"]}
    document = {
        "systems": [{"key": "crm", "name": "CRM"}],
        "clients": [{"key": "a", "name": "A", "systems": ["crm", "crm"], "contacts": [jo, jo]}],
    }
    wanted = merged(Document.model_validate(document), {})
    assert [f.pointer for f in faults(wanted.entries, wanted.where_is)] == [
        "/clients/0/systems/1",
        "/clients/0/contacts/1/key",
    ]


def test_one_person_cannot_have_two_numbers() -> None:
    ann = {"key": "ann", "name": "Ann", "email": "ann@nordlicht.example"}
    document = {
        "account_teams": [
            {"key": "one", "account_manager": ann},
            {"key": "two", "deputy": {**ann, "phone": "+49 30 23125142"}},
        ]
    }
    wanted = merged(Document.model_validate(document), {})
    assert [f.pointer for f in faults(wanted.entries, wanted.where_is)] == [
        "/account_teams/1/deputy"
    ]


@pytest.mark.parametrize("key", ["noc", "last-resort"])
def test_the_desks_own_keys_are_taken(key: str) -> None:
    document = {"account_teams": [{"key": "one", "deputy": {"key": key, "name": "Ann"}}]}
    assert faults(entries_of(document), path_of)[0].pointer == "/account-teams/one/deputy/key"


def test_an_entry_twice_in_one_section() -> None:
    document = Document.model_validate(
        {"systems": [{"key": "crm", "name": "A"}, {"key": "crm", "name": "B"}]}
    )
    with pytest.raises(Faulty) as caught:
        merged(document, {})
    assert caught.value.errors[0].pointer == "/systems/1/key"


def test_every_place_that_names_an_entry_is_found() -> None:
    entries = systems(mail=["storage"], crm=["net", "storage"], storage=[], net=[])
    assert [f.pointer for f in references_to(("system", "storage"), entries)] == [
        "/systems/crm/depends_on/1",
        "/systems/mail/depends_on/0",
    ]


def test_a_client_in_an_outage_stays_even_where_removals_are_allowed() -> None:
    found = Changes(removed=(("client", "acme"), ("client", "birch")))
    assert refusal(found, allowed=True, open_clients=frozenset()) is None
    refused = refusal(found, allowed=True, open_clients={"acme", "other"})
    assert refused is not None
    assert "acme cannot be removed" in refused.detail
    assert [error.pointer for error in refused.errors] == ["/clients/acme"]


def test_new_details_of_a_person_reach_every_team_and_nobody_else() -> None:
    ann = {"key": "ann", "name": "Ann"}
    before = entries_of(
        {
            "account_teams": [
                {"key": "one", "account_manager": ann, "deputy": {"key": "tom", "name": "Tom"}},
                {"key": "two", "director": ann},
            ]
        }
    )
    new: Any = entries_of(
        {"account_teams": [{"key": "two", "director": {**ann, "name": "Ann Weiss"}}]}
    )["team", "two"]
    one = spread(before, new)["team", "one"]
    assert [person.details.name for person in people_in(one)] == ["Ann Weiss", "Tom"]


def test_without_any_entry_the_built_in_ones_are_told() -> None:
    told = news(NOTHING, published({}, {}))
    assert set(told.documents) == {
        ("provider", "provider"),
        ("plan", "default"),
        ("policy", "default"),
    }
    assert told.people == {}
