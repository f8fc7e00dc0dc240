"""Payloads as Alertmanager's documentation describes them, and as they arrive broken."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from incident_api.sources.model import (
    IncomingAlert,
    MalformedPayload,
    Payload,
    UnexpectedPayload,
    Unusable,
)
from incident_api.sources.registry import FORMATS
from tocsin_contracts.words import Severity


def parse(document: Any) -> list[IncomingAlert | Unusable]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(FORMATS["alertmanager"](Payload(body, {}, {})))


def one(document: Any) -> IncomingAlert:
    (alert,) = parse(document)
    assert isinstance(alert, IncomingAlert)
    return alert


def webhook(*alerts: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": '{}:{alertname="MailQueueStuck"}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {"alertname": "MailQueueStuck"},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts),
        **top,
    }


def alert(**fields: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "MailQueueStuck", "severity": "critical", "system": "mail-eu"},
        "annotations": {"summary": "Mail EU: queue is stuck", "description": "No mail leaves."},
        "startsAt": "2026-11-24T09:52:00.123456789+01:00",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example:9090/graph?g0.expr=up",
        "fingerprint": "9f1c2d3e4b5a6978",
        **fields,
    }


def test_a_version_4_alert_in_our_words() -> None:
    assert one(webhook(alert())) == IncomingAlert(
        key="9f1c2d3e4b5a6978",
        status="firing",
        title="Mail EU: queue is stuck",
        severity=Severity.SEV1,
        description="No mail leaves.",
        systems=("mail-eu",),
        clients=(),
        started_at=datetime(2026, 11, 24, 8, 52, 0, 123456, tzinfo=UTC),
        link="http://prometheus.example:9090/graph?g0.expr=up",
        group='{}:{alertname="MailQueueStuck"}',
        complete=True,
    )


def test_several_systems_and_clients_are_separated_by_commas() -> None:
    found = one(webhook(alert(labels={"system": "mail-eu, calendar-eu,,", "client": "acme"})))
    assert found.systems == ("mail-eu", "calendar-eu")
    assert found.clients == ("acme",)


def test_each_alert_decides_for_itself_whatever_the_top_says() -> None:
    found = parse(webhook(alert(status="resolved"), alert(fingerprint="b"), status="resolved"))
    assert [a.status for a in found if isinstance(a, IncomingAlert)] == ["resolved", "firing"]


def test_truncation_is_told() -> None:
    assert not one(webhook(alert(), truncatedAlerts=2)).complete


def test_version_3_has_a_number_as_group_key() -> None:
    found = one(webhook(alert(), version="3", groupKey=5615590933959184469))
    assert found.group == "5615590933959184469"


def test_without_a_fingerprint_the_sorted_labels_tell_alerts_apart() -> None:
    bare = {k: v for k, v in alert().items() if k != "fingerprint"}
    turned = {**bare, "labels": dict(reversed(bare["labels"].items()))}
    other = {**bare, "labels": {**bare["labels"], "instance": "mx2"}}
    keys = [a.key for a in parse(webhook(bare, turned, other)) if isinstance(a, IncomingAlert)]
    assert keys[0] == keys[1] != keys[2]


def test_a_minimal_body_is_enough() -> None:
    found = one({"alerts": [{"labels": {"alertname": "TestAlert"}}]})
    assert (found.title, found.status, found.group) == ("TestAlert", "firing", None)
    assert found.severity is Severity.SEV3


def test_one_bad_alert_does_not_take_the_good_ones_with_it() -> None:
    found = parse(webhook(alert(), "nonsense", alert(status="maybe"), {"labels": []}))  # type: ignore[arg-type]
    assert isinstance(found[0], IncomingAlert)
    assert [a.detail for a in found if isinstance(a, Unusable)] == [
        "alerts/1 is not an object.",
        "alerts/2 has a status other than 'firing' or 'resolved'.",
        "alerts/3 has neither a fingerprint nor labels to tell it by.",
    ]


def test_wrong_types_are_left_out_not_tripped_over() -> None:
    found = one(
        webhook(
            alert(annotations=7, startsAt={}, generatorURL=["x"], labels={"a": None, "n": 92.0})
        )
    )
    assert found.title == "Alert without a name"
    assert found.started_at is None
    assert found.link == "http://alertmanager.example:9093"


def test_a_line_break_in_a_title_becomes_a_space() -> None:
    injected = alert(annotations={"summary": "Mail down\r\nBcc: everyone@example.com\x00\x1b"})
    assert one(webhook(injected)).title == "Mail down Bcc: everyone@example.com"


def test_emoji_and_right_to_left_text_arrive_as_they_are() -> None:
    said = "البريد معطل 📮 דואר"
    assert one(webhook(alert(annotations={"summary": said}))).title == said


def test_half_a_surrogate_pair_is_dropped_and_the_rest_kept() -> None:
    body = json.dumps(webhook(alert())).replace("queue is", "\\ud83d queue is").encode()
    assert one(body).title == "Mail EU: queue is stuck"


def test_a_very_long_description_is_cut_where_it_can_still_be_stored() -> None:
    assert (
        one(webhook(alert(annotations={"description": "x" * 10_000}))).description == "x" * 10_000
    )
    cut = one(webhook(alert(annotations={"description": "x" * 50_000}))).description
    assert cut is not None
    assert len(cut) == 20_000


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_not_json_is_said_to_be_so(body: bytes) -> None:
    with pytest.raises(MalformedPayload):
        parse(body)


@pytest.mark.parametrize("document", [[], 7, "x", None, {"alerts": {}}, {}])
def test_json_that_is_no_alertmanager_payload_is_said_to_be_so(document: Any) -> None:
    with pytest.raises(UnexpectedPayload, match="list named 'alerts'"):
        parse(document)
