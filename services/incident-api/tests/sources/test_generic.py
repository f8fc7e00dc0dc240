"""Our own plain format, read the way scripts write it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.sources.model import IncomingAlert, Payload, UnexpectedPayload, Unusable
from incident_api.sources.registry import FORMATS
from incident_api.sources.severity import severity_of
from tocsin_contracts.words import Severity


def parse(document: Any) -> list[IncomingAlert | Unusable]:
    return list(FORMATS["generic"](Payload(json.dumps(document).encode(), {}, {})))


def one(**fields: Any) -> IncomingAlert:
    (alert,) = parse(fields)
    assert isinstance(alert, IncomingAlert)
    return alert


def test_all_fields() -> None:
    assert one(
        dedup_key="mail-eu/queue",
        status="firing",
        title="Mail EU is down",
        description="Nothing leaves.",
        severity="high",
        system="mail-eu,calendar-eu",
        client=["acme"],
        started_at="2026-11-24T09:52:00+01:00",
        link="https://monitor.example/7",
    ) == IncomingAlert(
        key="mail-eu/queue",
        status="firing",
        title="Mail EU is down",
        severity=Severity.SEV2,
        description="Nothing leaves.",
        systems=("mail-eu", "calendar-eu"),
        clients=("acme",),
        started_at=datetime(2026, 11, 24, 8, 52, tzinfo=UTC),
        link="https://monitor.example/7",
    )


def test_a_list_is_several_alerts() -> None:
    found = parse([{"dedup_key": "a"}, {"dedup_key": "b", "status": "ok"}])
    assert [(a.key, a.status) for a in found if isinstance(a, IncomingAlert)] == [
        ("a", "firing"),
        ("b", "resolved"),
    ]


def test_numbers_are_keys_too_and_92_0_is_92() -> None:
    assert one(id=92.0).key == one(id=92).key == one(id="92").key


def test_without_a_key_the_title_and_the_systems_are_one() -> None:
    assert one(title="Down", system="a").key == one(title="Down", system=["a"]).key
    assert one(title="Down", system="a").key != one(title="Down", system="b").key


@pytest.mark.parametrize("given", [1_795_510_320, 1_795_510_320_000, "1795510320"])
def test_epoch_seconds_and_milliseconds_are_times(given: int | str) -> None:
    assert one(dedup_key="a", started_at=given).started_at == datetime(
        2026, 11, 24, 8, 52, tzinfo=UTC
    )


def test_an_unknown_status_is_refused_and_named() -> None:
    (refused,) = parse({"dedup_key": "a", "status": "purple"})
    assert isinstance(refused, Unusable)
    assert "'purple'" in refused.detail
    assert refused.key == "a"


def test_an_empty_object_says_what_it_needs() -> None:
    (refused,) = parse({})
    assert isinstance(refused, Unusable)
    assert "'dedup_key'" in refused.detail


def test_a_very_long_key_stays_a_key_of_its_own() -> None:
    long = "k" * 3000
    assert len(one(dedup_key=long).key) <= 500
    assert one(dedup_key=long).key != one(dedup_key=long + "x").key


@pytest.mark.parametrize("document", [7, "x", None, True])
def test_neither_object_nor_list_is_refused(document: Any) -> None:
    with pytest.raises(UnexpectedPayload):
        parse(document)


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("Critical", "sev1"),
        ("disaster", "sev1"),
        ("P2", "sev2"),
        ("warning", "sev3"),
        ("average", "sev3"),
        ("low", "sev4"),
        ("info", "sev5"),
        ("sev4", "sev4"),
        ("page", "sev3"),
        (None, "sev3"),
        ({}, "sev3"),
    ],
)
def test_severity_words(word: Any, severity: str) -> None:
    assert severity_of(word) == severity


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
FIELDS = [
    *("dedup_key", "status", "title", "severity", "system", "client"),
    *("started_at", "link", "description", "labels", "annotations", "startsAt"),
]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), json_values) | json_values, max_size=3))
def test_whatever_arrives_every_entry_gets_an_answer_that_can_be_stored(entries: Any) -> None:
    for name, body in (("generic", entries), ("alertmanager", {"alerts": entries})):
        found = FORMATS[name](Payload(json.dumps(body).encode(), {}, {}))
        assert len(found) == len(entries)
        for alert in found:
            text = repr(alert)
            text.encode()
            if isinstance(alert, IncomingAlert):
                assert not any(ord(c) < 32 for c in alert.title + alert.key)
                assert 0 < len(alert.title) <= 300
