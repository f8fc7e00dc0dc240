"""One event on its way: encoded by a producer, read by a consumer of another version."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tocsin_contracts.directory import Provider
from tocsin_contracts.envelope import (
    MEDIA_TYPE,
    Event,
    EventData,
    MalformedEvent,
    UnknownEventType,
    decode,
    encode,
    headers,
)
from tocsin_contracts.events import ClientReleased, ProviderChanged
from tocsin_contracts.registry import KNOWN_TYPES

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def released(**attributes: object) -> Event[EventData]:
    given: dict[str, object] = {
        "id": "01935e30-0000-7000-8000-000000000001",
        "source": "/incident-api",
        "type": ClientReleased.event_type,
        "subject": "01935e2e-0000-7000-8000-000000000001",
        "time": NOON,
        "partitionkey": "01935e2e-0000-7000-8000-000000000001",
        "correlationid": "01935e30-0000-7000-8000-000000000001",
        "data": ClientReleased(incident_id="i", client_key="acme", actor="user:noc"),
    }
    return Event[ClientReleased].model_validate({**given, **attributes})


def tampered(**changes: object) -> bytes:
    document = json.loads(encode(released()))
    document.update(changes)
    return json.dumps(document).encode()


def test_what_is_sent_is_what_arrives() -> None:
    assert decode(encode(released()), KNOWN_TYPES) == released()


def test_a_removal_arrives_as_a_removal() -> None:
    removal = Event[ProviderChanged](
        id="1",
        source="/incident-api",
        type=ProviderChanged.event_type,
        subject="provider",
        time=NOON,
        partitionkey="provider:nordlicht",
        correlationid="1",
        data=ProviderChanged(revision=8, key="nordlicht", document=None),
    )
    assert decode(encode(removal), KNOWN_TYPES) == removal


def test_unset_attributes_stay_off_the_wire() -> None:
    sent = json.loads(encode(released()))
    assert "causationid" not in sent
    assert "traceparent" not in sent
    assert json.loads(encode(released(causationid="c")))["causationid"] == "c"


def test_an_unknown_type_is_told_apart_from_a_broken_event() -> None:
    with pytest.raises(UnknownEventType, match=r"tocsin\.incident\.sung_about\.v1"):
        decode(tampered(type="tocsin.incident.sung_about.v1"), KNOWN_TYPES)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "document"),
        (b"\xff\xfe", "document"),
        (b"[]", "document"),
        (b'{"id": "1"}', "type: Field required"),
        (tampered(data={}), "data.incident_id: Field required"),
        (tampered(sequence="seven"), "sequence"),
        (tampered(specversion="2.0"), "specversion"),
        (tampered(time="2026-11-24T12:00:00"), "time"),
    ],
)
def test_a_broken_event_says_where_it_is_broken(raw: bytes, place: str) -> None:
    with pytest.raises(MalformedEvent, match=place):
        decode(raw, KNOWN_TYPES)


def test_a_naive_time_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        released(time=datetime(2026, 11, 24, 12, 0))  # noqa: DTZ001


def test_a_producer_cannot_send_a_field_that_the_contract_lacks() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Provider.model_validate({"name": "Nordlicht IT", "timezone": "UTC", "motto": "calm"})


def test_a_consumer_ignores_what_a_newer_producer_added() -> None:
    newer = tampered(
        mood="calm",
        data={"incident_id": "i", "client_key": "acme", "actor": "user:noc", "colour": "red"},
    )
    assert decode(newer, KNOWN_TYPES) == released()


def test_headers_mirror_every_attribute_and_never_the_body() -> None:
    event = released(sequence=7, causationid="c")
    mirrored = dict(headers(event))
    sent = json.loads(encode(event))
    assert mirrored.pop("content-type") == MEDIA_TYPE.encode()
    assert mirrored == {
        f"ce_{name}": str(value).encode() for name, value in sent.items() if name != "data"
    }


def test_a_restored_database_counts_from_a_higher_epoch() -> None:
    assert released(epoch=2, sequence=1).position > released(epoch=1, sequence=900).position


offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(
    moment=st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001
        max_value=datetime(2999, 1, 1),  # noqa: DTZ001
        timezones=offsets,
    ),
    actor=st.text(),
    sequence=st.integers(0, 2**53),
    causationid=st.none() | st.text(),
)
def test_any_event_survives_the_wire(
    moment: datetime, actor: str, sequence: int, causationid: str | None
) -> None:
    event = released(
        time=moment,
        sequence=sequence,
        causationid=causationid,
        data=ClientReleased(incident_id="i", client_key="acme", actor=actor),
    )
    assert decode(encode(event), KNOWN_TYPES) == event
