"""The review over HTTP: the internal copy, one client's, and the link that one reader got."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from incident_api.intake.handlers import handle
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

REF = "INC-1001"


class Told:
    """An operator's desk, and a dispatcher that delivers to ACME's Jo at once."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.api = desk.api
        self.heard = 0

    async def delivers(self) -> None:
        """Everything published since, to Jo by email."""
        events = await self.desk.events()
        told = [event for event in events[self.heard :] if event["data"].get("kind")]
        self.heard = len(events)
        now = self.api.clock.now()
        said: list[EventData] = []
        for event in told:
            incident_id = event["data"]["incident"]["id"]
            said.append(planned(incident_id, event["id"], Kind(event["data"]["kind"])))
        async with self.api.database.transaction() as conn:
            await handle(
                conn, [new_event(data, source="dispatcher", subject="-", now=now) for data in said]
            )
        self.api.clock.advance(minutes=1)

    async def report(self, accept: str, query: str = "") -> httpx.Response:
        path = f"/v1/incidents/{REF}/report{query}"
        answer: httpx.Response = await self.api.get(path, key="read", Accept=accept)
        return answer

    def link(self, purpose: str, incident_id: str, **changed: Any) -> str:
        claims = {
            "purpose": purpose,
            "inc": incident_id,
            "person": "jo",
            "clients": ["acme"],
            "jti": "delivery-1",
            "exp": int((self.api.clock.now() + timedelta(days=90)).timestamp()),
            **changed,
        }
        token = jwt.encode(claims, self.api.link_key, algorithm="EdDSA", headers={"kid": "k1"})
        return f"/{purpose}/{token}"


def planned(incident_id: str, cause_id: str, kind: Kind) -> e.NotificationPlanned:
    delivery = e.PlannedDelivery(
        delivery_id=f"{cause_id}-jo",
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        roles=("it_lead",),
        channel=Channel.EMAIL,
        state=DeliveryState.ACCEPTED,
        because="it_lead of ACME",
    )
    return e.NotificationPlanned(
        incident_id=incident_id, cause_id=cause_id, kind=kind, deliveries=(delivery,)
    )


@pytest_asyncio.fixture
async def told(desk: Any) -> Told:
    """Mail EU was down for five hours; it is closed, and Jo of ACME was told of all of it."""
    told = Told(desk)
    await desk.opens(impact_level="down", description="Controller firmware is old.")
    await told.delivers()
    note = {"message": "Vendor case 4711 opened.", "audience": {"internal_only": True}}
    await desk.posts(f"{REF}/updates", note)
    found = {"message": "We have found **the cause**.", "status": "identified"}
    await desk.posts(f"{REF}/updates", found)
    await told.delivers()
    desk.clock.advance(hours=5)
    await desk.posts(f"{REF}/resolve", {"message": "Kept mail arrives now."})
    await told.delivers()
    closing = {
        "root_cause": "A storage controller failed. Its backup refused.",
        "steps_taken": "We moved all mailboxes.",
        "prevention": [{"what": "Take-over test", "who": "Eva Lang", "due": "2026-12-01"}],
    }
    await desk.posts(f"{REF}/close", closing)
    await told.delivers()
    return told


async def test_the_internal_copy_as_data_has_notes_and_who_was_told(told: Told) -> None:
    report = (await told.report("application/json")).json()
    texts = [entry["text"] for entry in report["timeline"]]
    assert "Vendor case 4711 opened." in texts
    assert report["inside"]["description"] == "Controller firmware is old."
    opened = next(entry for entry in report["timeline"] if entry["what"] == "opened")
    assert opened["sent"][0]["client"] == "ACME GmbH"


async def test_a_clients_copy_has_what_it_was_told_in_its_language(told: Told) -> None:
    page = await told.report("text/html", "?client=acme")
    assert page.headers["content-type"].startswith("text/html")
    for text in ("Postfach", "Ablauf", "Bericht für ACME GmbH", "<b>the cause</b>", "Eva Lang"):
        assert text in page.text
    assert "1. Dezember 2026" in page.text
    assert "4711" not in page.text
    assert "firmware" not in page.text


async def test_a_browser_gets_html_and_a_script_json(told: Told) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert (await told.report(browser)).headers["content-type"].startswith("text/html")
    assert (await told.report("*/*")).headers["content-type"] == "application/json"
    refused = await told.report("image/png")
    assert refused.status_code == 406


async def test_the_pdf_is_a_file_with_a_name_to_keep(told: Told) -> None:
    made = await told.report("application/pdf", "?client=acme")
    assert made.status_code == 200, made.text
    assert made.content.startswith(b"%PDF-")
    assert 'filename="Nordlicht-IT_Postfach_' in made.headers["content-disposition"]
    assert made.headers["content-disposition"].endswith('_ACME.pdf"')


async def test_who_was_not_concerned_has_no_copy(told: Told) -> None:
    for client in ("birch", "nobody"):
        answer = await told.report("text/html", f"?client={client}")
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"'{client}' is not in the audience of {REF}."


async def test_the_link_in_the_mail_opens_the_readers_own_copy_again_and_again(told: Told) -> None:
    incident = await told.desk.reads(f"/{REF}")
    link = told.link("review", incident["id"])
    for _ in range(2):
        page = await told.api.client.get(link)
        assert page.status_code == 200
        assert "Bericht für ACME GmbH" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    pdf = await told.api.client.get(link + "?format=pdf")
    assert pdf.content.startswith(b"%PDF-")


async def test_no_other_link_opens_a_review(told: Told) -> None:
    incident_id = (await told.desk.reads(f"/{REF}"))["id"]
    links = {
        "for another purpose": told.link("feedback", incident_id).replace("/feedback", "/review"),
        "of a client not concerned": told.link("review", incident_id, clients=["birch"]),
        "of nobody": told.link("review", incident_id, clients=[]),
        "of two": told.link("review", incident_id, clients=["acme", "birch"]),
        "of another outage": told.link("review", "unknown"),
        "expired": told.link("review", incident_id, exp=1),
        "none at all": "/review/x",
    }
    for name, link in links.items():
        answer = await told.api.client.get(link)
        assert answer.status_code == 410, name
        assert "Ablauf" not in answer.text


async def feedback_given(told: Told) -> list[dict[str, Any]]:
    return [
        event["data"]
        for event in await told.desk.events()
        if event["type"] == "tocsin.incident.feedback_given.v1"
    ]


async def test_two_clicks_say_how_well_a_reader_felt_informed(told: Told) -> None:
    incident_id = (await told.desk.reads(f"/{REF}"))["id"]
    link = told.link("feedback", incident_id)
    page = await told.api.client.get(link + "?rating=good")
    assert "Wie gut haben wir Sie informiert?" in page.text
    assert 'value="good" checked' in page.text
    assert "Ann Weiss liest jede Antwort" in page.text
    assert await feedback_given(told) == []

    sent = {"rating": "good", "text": "Klar und <b>pünktlich</b>."}
    answer = await told.api.client.post(link, data=sent)
    assert answer.status_code == 303
    (given,) = await feedback_given(told)
    assert (given["rating"], given["person_name"]) == ("good", "Jo Frei")
    again = await told.api.client.get(answer.headers["location"])
    assert "Danke. Ihre Antwort: Gut." in again.text
    assert "&lt;b&gt;pünktlich" in again.text


async def test_a_second_answer_replaces_the_first_and_the_same_twice_is_told_once(
    told: Told,
) -> None:
    link = told.link("feedback", (await told.desk.reads(f"/{REF}"))["id"])
    for rating in ("good", "good", "poor"):
        await told.api.client.post(link, data={"rating": rating})
    assert [given["rating"] for given in await feedback_given(told)] == ["good", "poor"]
    report = (await told.report("application/json")).json()
    (line,) = report["inside"]["feedback"]
    assert (line["client"], line["person"], line["rating"]) == ("ACME GmbH", "Jo Frei", "poor")
    lines = (await told.desk.reads(f"/{REF}/timeline"))["items"]
    texts = [line["text"] for line in lines if line["type"] == "feedback_given"]
    assert texts[0] == "A reader at ACME GmbH felt informed: poor (changed)."


async def test_what_is_no_answer_shows_the_form_again_with_its_text(told: Told) -> None:
    link = told.link("feedback", (await told.desk.reads(f"/{REF}"))["id"])
    missing = await told.api.client.post(link, data={"text": "Alles gut"})
    assert missing.status_code == 422
    assert "Bitte wählen Sie" in missing.text
    assert "Alles gut" in missing.text
    long = await told.api.client.post(link, data={"rating": "good", "text": "x" * 2001})
    assert long.status_code == 422
    assert await feedback_given(told) == []


async def test_an_erased_readers_words_go(told: Told) -> None:
    link = told.link("feedback", (await told.desk.reads(f"/{REF}"))["id"])
    await told.api.client.post(link, data={"rating": "poor", "text": "Ich, Jo, war krank."})
    await told.api.post("/v1/clients/acme/contacts/jo/erase")
    report = await told.report("application/json")
    (line,) = report.json()["inside"]["feedback"]
    assert (line["rating"], line["text"], line["person"]) == ("poor", None, "jo")
    assert "krank" not in report.text
    assert "Jo Frei" not in report.text


async def test_a_canary_in_every_internal_text_never_reaches_a_clients_copy(told: Told) -> None:
    canary, desk = "KANARIENVOGEL", told.desk
    ref = (await desk.opens(title=f"ctl-02 {canary}", description=canary))["ref"]
    await desk.posts(f"{ref}/acknowledge", {"note": canary})
    note = {"message": canary, "audience": {"internal_only": True}}
    written = (await desk.posts(f"{ref}/updates", note)).json()
    await desk.patches(f"{ref}/updates/{written['id']}", {"struck": True, "reason": canary})
    await desk.patches(ref, {"title": f"{canary} again"})
    await desk.patches(ref, {"impact": "Some mail is late."})
    await told.delivers()
    await desk.posts(f"{ref}/resolve", {"message": "It works again."})
    closing = {"root_cause": "A disk.", "steps_taken": "Replaced it.", "prevention": "A test."}
    await desk.posts(f"{ref}/close", closing)
    await told.delivers()

    incident_id = (await desk.reads(f"/{ref}"))["id"]
    inside = await told.api.get(f"/v1/incidents/{ref}/report", key="read")
    assert inside.text.count(canary) >= 5
    for accept in ("application/json", "text/html"):
        path = f"/v1/incidents/{ref}/report?client=acme"
        copy = await told.api.get(path, key="read", Accept=accept)
        assert "A disk." in copy.text
        assert canary not in copy.text
    page = await told.api.client.get(told.link("review", incident_id))
    assert "A disk." in page.text
    assert canary not in page.text
