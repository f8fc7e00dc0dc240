"""A webhook's body stays below 20 kB: words are lost before facts, and it says so."""

from __future__ import annotations

import json
from typing import Any

from dispatcher.channels.webhook_body import MOST_BYTES, body_of

FACTS = {"incident": {"ref": "INC-2041", "severity": "sev1"}, "links": {"status": "https://t.e/s"}}


def document(**data: Any) -> dict[str, Any]:
    return {"type": "incident.updated", "timestamp": "2026-11-24T09:00:00Z", "data": data}


def test_what_fits_is_as_it_was() -> None:
    whole = document(text="Mail EU is down.", **FACTS)

    assert json.loads(body_of(whole)) == whole


def test_long_words_are_cut_and_the_facts_stay() -> None:
    body = body_of(document(text="ä" * 30_000, **FACTS))

    assert len(body.encode()) <= MOST_BYTES
    data = json.loads(body)["data"]
    assert data["truncated"] is True
    assert data["text"].endswith("ä…")
    assert {name: data[name] for name in FACTS} == FACTS


def test_of_a_digest_the_last_incidents_are_left_out() -> None:
    many = [{"ref": f"INC-{number}", "impact": "no mail " * 20} for number in range(400)]

    data = json.loads(body_of(document(kind="digest", text="Many.", incidents=many)))["data"]

    assert [item["ref"] for item in data["incidents"]] == [f"INC-{n}" for n in range(20)]
    assert data["truncated"] is True


def test_what_nobody_foresaw_is_left_out_before_nothing_is_said() -> None:
    strange = [{f"field-{number}": number for number in range(5_000)}]

    body = body_of(document(kind="update", subject="Mail EU", strange=strange))

    assert len(body.encode()) <= MOST_BYTES
    assert json.loads(body)["data"] == {"kind": "update", "subject": "Mail EU", "truncated": True}
