"""An account manager answers a call by the link in it."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from incident_api.links.tokens import LinkKeys
from incident_api.testing import Api
from incident_api.timeline import escalations
from incident_api.timeline.standing import Escalation

pytestmark = pytest.mark.integration

Document = dict[str, Any]


async def outage(api: Api, document: Document) -> str:
    """An open incident at ACME, whose account manager is Ann; her deputy is Tom."""
    await api.put("/v1/directory", document)
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    answer = await api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def token(api: Api, incident_id: str, **changed: Any) -> str:
    claims = {
        "purpose": "take",
        "inc": incident_id,
        "person": "ann",
        "clients": ["acme"],
        "jti": "delivery-1",
        "exp": int((api.clock.now() + timedelta(hours=24)).timestamp()),
        **changed,
    }
    return jwt.encode(claims, api.link_key, algorithm="EdDSA", headers={"kid": "k1"})


async def press(api: Api, link: str, **form: str) -> httpx.Response:
    return await api.client.post(f"/take/{link}", data=form)


async def answers(api: Api) -> list[dict[str, Any]]:
    return [
        event["data"]
        for event in await api.events("tocsin.incidents")
        if event["type"] == "tocsin.incident.step_answered.v1"
    ]


async def tom_takes_it(api: Api, incident_id: str) -> None:
    """As the escalation service tells it."""
    async with api.database.transaction() as conn:
        taken = Escalation(
            incident_id=incident_id,
            client_key="acme",
            chain="account",
            state="taken",
            reason="Tom Klein takes it.",
            changed_at=api.clock.now(),
            person="tom@nordlicht.example",
            person_name="Tom Klein",
        )
        await escalations.note(conn, [taken])


async def test_opening_the_link_shows_the_call_and_changes_nothing(
    api: Api, directory_document: Document
) -> None:
    link = token(api, await outage(api, directory_document))

    shown = await api.client.get(f"/take/{link}")
    await api.client.head(f"/take/{link}")

    assert shown.status_code == 200
    for text in ("Mail EU is down", "ACME GmbH", "Ann Weiss", "critical", "I take it", "Tom Klein"):
        assert text in shown.text
    assert await answers(api) == []
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in shown.headers["content-security-policy"]


async def test_a_press_is_published_for_escalation_to_decide(
    api: Api, directory_document: Document
) -> None:
    incident_id = await outage(api, directory_document)
    link = token(api, incident_id)

    pressed = await press(api, link, verb="take")

    assert pressed.status_code == 303
    shown = await api.client.get(pressed.headers["location"])
    assert "You took it on 24 November, 09:52 CET." in shown.text
    assert await answers(api) == [
        {
            "incident_id": incident_id,
            "verb": "take",
            "person": "ann",
            "client_keys": ["acme"],
            "chain": "account",
            "to": None,
            "minutes": None,
            "reason": None,
            "answered_at": "2026-11-24T08:52:00Z",
            "by": "link",
        }
    ]


async def test_pressing_twice_counts_once(api: Api, directory_document: Document) -> None:
    link = token(api, await outage(api, directory_document))
    for _ in range(3):
        assert (await press(api, link, verb="take")).status_code == 303
    assert len(await answers(api)) == 1


async def test_whoever_was_too_slow_after_a_take_may_take_it_again(
    api: Api, directory_document: Document
) -> None:
    link = token(api, await outage(api, directory_document))
    await press(api, link, verb="take")
    api.clock.advance(minutes=31)
    await press(api, link, verb="take")

    assert [a["verb"] for a in await answers(api)] == ["take", "take"]
    shown = await api.client.get(f"/take/{link}")
    assert "You took it on 24 November, 10:23 CET." in shown.text


async def test_who_took_it_can_hand_it_over_later(api: Api, directory_document: Document) -> None:
    link = token(api, await outage(api, directory_document))
    await press(api, link, verb="take")
    api.clock.advance(minutes=30)

    await press(api, link, verb="hand_over", to="tom@nordlicht.example")

    assert [(a["verb"], a["to"]) for a in await answers(api)] == [
        ("take", None),
        ("hand_over", "tom@nordlicht.example"),
    ]
    shown = await api.client.get(f"/take/{link}")
    assert "You handed it over to Tom Klein" in shown.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"verb": "close"},
        {"verb": "x" * 1000},
        {"verb": "hand_over"},
        {"verb": "hand_over", "to": "ann"},
        {"verb": "hand_over", "to": "stranger"},
    ],
)
async def test_what_is_no_answer_changes_nothing(
    api: Api, directory_document: Document, form: dict[str, str]
) -> None:
    link = token(api, await outage(api, directory_document))
    pressed = await press(api, link, **form)
    assert pressed.status_code == 422
    for text in ("Choose one of the buttons", "Mail EU is down", "I take it"):
        assert text in pressed.text
    assert await answers(api) == []


async def test_an_outage_that_is_over_takes_no_answer(
    api: Api, directory_document: Document
) -> None:
    incident_id = await outage(api, directory_document)
    link = token(api, incident_id)
    resolved = {"message": "Mail EU works again."}
    await api.post(f"/v1/incidents/{incident_id}/resolve", resolved, key="operate")

    pressed = await press(api, link, verb="take")

    assert pressed.status_code == 409
    assert "This outage is resolved." in pressed.text
    assert await answers(api) == []


async def test_an_expired_link_says_so(api: Api, directory_document: Document) -> None:
    link = token(api, await outage(api, directory_document))
    api.clock.advance(hours=24)
    for answer in (await api.client.get(f"/take/{link}"), await press(api, link, verb="take")):
        assert answer.status_code == 410
        assert "has expired" in answer.text


async def test_only_the_dispatchers_signature_counts(
    api: Api, directory_document: Document
) -> None:
    incident_id = await outage(api, directory_document)
    good = token(api, incident_id)
    claims = jwt.decode(good, options={"verify_signature": False})
    forged = [
        jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "k1"}),
        jwt.encode(claims, api.link_key, algorithm="EdDSA", headers={"kid": "k2"}),
        jwt.encode(claims, api.link_key, algorithm="EdDSA"),
        jwt.encode(claims, "k" * 32, algorithm="HS256", headers={"kid": "k1"}),
        jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"}),
        token(api, incident_id, purpose="confirm"),
        token(api, incident_id, clients=7),
        token(api, incident_id, exp=10**30),
        token(api, "no-such-incident"),
        good[:-4],
        "x",
        "x" * 5000,
    ]
    for link in forged:
        answer = await press(api, link, verb="take")
        assert answer.status_code == 410, link
        assert answer.headers["content-type"].startswith("text/html")
    assert await answers(api) == []


async def test_titles_are_shown_as_text(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    title = "<script>alert(1)</script> & more"
    body = {"title": title, "severity": "sev1", "system_keys": ["mail-eu"]}
    made = (await api.post("/v1/incidents", body, key="operate")).json()
    shown = await api.client.get(f"/take/{token(api, made['id'])}")
    assert "<script>" not in shown.text
    assert "&lt;script&gt;" in shown.text


async def test_the_token_reaches_no_log(
    api: Api, directory_document: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    link = token(api, await outage(api, directory_document))
    await api.client.get(f"/take/{link}")
    printed = capsys.readouterr()
    assert "/take/{token}" in printed.out
    assert link not in printed.out + printed.err


def test_a_public_key_that_is_none_stops_the_start() -> None:
    with pytest.raises(ValueError, match="LINK_PUBLIC_KEYS: 'k1'"):
        LinkKeys({"k1": base64.b64encode(b"short").decode()})


async def test_the_page_says_when_a_colleague_has_it_already(
    api: Api, directory_document: Document
) -> None:
    incident_id = await outage(api, directory_document)
    await tom_takes_it(api, incident_id)

    shown = await api.client.get(f"/take/{token(api, incident_id)}")
    assert "Tom Klein has it already" in shown.text
    theirs = token(api, incident_id, person="tom@nordlicht.example")
    assert "has it already" not in (await api.client.get(f"/take/{theirs}")).text


async def test_nobody_hands_over_what_a_colleague_has(
    api: Api, directory_document: Document
) -> None:
    incident_id = await outage(api, directory_document)
    link = token(api, incident_id)
    await press(api, link, verb="take")
    api.clock.advance(minutes=5)
    await tom_takes_it(api, incident_id)

    refused = await press(api, link, verb="hand_over", to="tom@nordlicht.example")

    assert refused.status_code == 409
    assert "Tom Klein has it." in refused.text
    assert [one["verb"] for one in await answers(api)] == ["take"]


async def test_who_just_took_it_from_a_colleague_reads_only_that(
    api: Api, directory_document: Document
) -> None:
    """Before the escalation service has said so."""
    incident_id = await outage(api, directory_document)
    link = token(api, incident_id)
    await tom_takes_it(api, incident_id)
    api.clock.advance(minutes=5)

    await press(api, link, verb="take")

    shown = (await api.client.get(f"/take/{link}")).text
    assert "You took it on" in shown
    assert "has it already" not in shown
    handed = await press(api, link, verb="hand_over", to="tom@nordlicht.example")
    assert handed.status_code == 303
