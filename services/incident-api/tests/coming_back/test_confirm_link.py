"""A reader opens the link of a notice, says that they have it, and asks."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource

pytestmark = pytest.mark.integration

Story = Any


async def test_opening_the_link_shows_where_it_stands_and_changes_nothing(story: Story) -> None:
    shown = await story.api.client.get(story.link())

    assert shown.status_code == 200
    assert '<html lang="de">' in shown.text
    assert "Postfach" in shown.text
    assert "Erhalt bestätigen" in shown.text
    assert await story.told("receipt_confirmed") == []


async def changes(story: Story, **body: Any) -> None:
    answer = await story.api.call("PATCH", f"/v1/incidents/{story.ref}", body, key="operate")
    assert answer.status_code == 200, answer.text


async def writes(story: Story, **body: Any) -> None:
    """An operator's update, of which the dispatcher says that ACME has it."""
    told = await story.api.post(f"/v1/incidents/{story.ref}/updates", body, key="operate")
    assert told.status_code == 201, told.text
    [cause] = [
        one["id"]
        for one in await story.api.events("tocsin.incidents")
        if one["type"] == "tocsin.incident.updated.v1"
    ]
    await story.hears(planned(story, cause_id=cause, kind=Kind.UPDATE))


async def test_the_page_says_what_the_notice_says_as_it_is_now(story: Story) -> None:
    await changes(story, impact_level="partial")
    await writes(story, message="**Zwei** Server laufen wieder.", eta="2026-11-24T14:00:00Z")

    shown = (await story.api.client.get(story.link())).text

    rows = dict(re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", shown, re.DOTALL))
    assert rows["Was Sie bemerken"] == "Postfach: in Teilen gestört."
    assert rows["Seit"] == "24. November 2026, 13:40 Uhr"
    assert rows["Wieder verfügbar voraussichtlich"] == "spätestens 15:00"
    assert rows["Letzte Nachricht"] == "13:40, Neuer Stand\nZwei Server laufen wieder."
    assert re.fullmatch(r"spätestens \d\d:\d\d", rows["Nächste Nachricht"])
    assert 'href="tel:+493023125100"' in shown
    assert "Europe/Berlin" in shown


async def test_what_was_told_to_others_alone_is_not_shown(story: Story) -> None:
    await changes(story, client_keys=["birch"])
    await writes(story, message="For birch alone.", audience={"client_keys": ["birch"]})
    assert "For birch alone" not in (await story.api.client.get(story.link())).text


async def test_while_we_only_check_nothing_that_people_wrote_is_shown(story: Story) -> None:
    body = {
        "title": "Mail EU again",
        "severity": "sev1",
        "system_keys": ["mail-eu"],
        "visibility": "internal",
        "impact": "Nobody has said this yet.",
        "eta": "2026-11-24T14:00:00Z",
    }
    checked = (await story.api.post("/v1/incidents", body, key="operate")).json()

    shown = (await story.api.client.get(story.link(inc=checked["id"]))).text

    assert "<dt>Seit</dt>" in shown
    assert "Nobody has said this yet." not in shown
    assert "Wieder verfügbar" not in shown


async def test_who_confirmed_by_telephone_is_not_asked_again_by_the_link_of_a_mail(
    story: Story,
) -> None:
    await story.hears(confirmed(story))

    shown = (await story.api.client.get(story.link(jti="delivery-2"))).text

    assert "Sie haben den Erhalt um 13:40 bestätigt" in shown
    assert 'value="confirm"' not in shown


async def test_confirmed_once_however_often_it_is_pressed(story: Story) -> None:
    await story.hears(planned(story))
    for _ in range(2):
        done = await story.api.client.post(story.link(), data={"action": "confirm"})
        assert done.status_code == 303

    [told] = await story.told("receipt_confirmed")
    assert (told["person"], told["source"], told["delivery_id"]) == ("jo", "link", "delivery-1")
    again = await story.api.client.get(story.link())
    assert "Sie haben den Erhalt um" in again.text
    assert 'value="confirm"' not in again.text
    lines = await story.lines()
    assert "A reader at acme has it: confirmed by the link in the message." in lines
    assert "acme by email, initial: 1 accepted; 1 confirmed." in lines


async def test_a_key_pressed_on_the_telephone_counts_the_same_and_is_not_told_again(
    story: Story,
) -> None:
    await story.hears(planned(story), confirmed(story))
    await story.hears(confirmed(story))

    [delivery] = (await story.gets(f"/v1/incidents/{story.id}/deliveries"))["items"]
    assert (delivery["confirmed_by"], delivery["confirmed_at"]) == ("voice", "2026-11-24T12:40:00Z")
    [sent] = (await story.gets("/v1/clients/acme/communications"))["items"]
    assert sent["confirmed_at"] == "2026-11-24T12:40:00Z"
    assert await story.told("receipt_confirmed") == []
    said = [one for one in await story.lines() if "by a key on the telephone" in one]
    assert len(said) == 1


async def test_a_question_by_the_link_waits_for_a_person_and_the_answer_stands_there(
    story: Story,
) -> None:
    form = {"action": "ask", "text": "Is archived mail safe?\r\n<b>Really?</b>"}
    for _ in range(2):
        assert (await story.api.client.post(story.link(), data=form)).status_code == 303
    [asked] = await story.told("question_asked")
    assert (asked["source"], asked["person"]) == ("link", "jo")
    assert asked["text"] == "Is archived mail safe?\n<b>Really?</b>"

    waiting = await story.api.client.get(story.link())
    assert "&lt;b&gt;Really?" in waiting.text
    assert "Ihre Frage ist angekommen" in waiting.text

    await story.answers("Yes, it is.", person="ann")
    answered = await story.api.client.get(story.link())
    assert "<strong>Ann Weiss:</strong> Yes, it is." in answered.text


async def test_the_same_words_sent_at_the_same_time_are_one_question(story: Story) -> None:
    form = {"action": "ask", "text": "Is archived mail safe?"}
    post = story.api.client.post
    await asyncio.gather(*(post(story.link(), data=form) for _ in range(6)))
    assert len(await story.told("question_asked")) == 1


async def test_whoever_has_twenty_questions_open_is_asked_to_call(story: Story) -> None:
    for n in range(20):
        await story.api.client.post(story.link(), data={"action": "ask", "text": f"Why {n}?"})
    refused = await story.api.client.post(story.link(), data={"action": "ask", "text": "And?"})

    assert refused.status_code == 429
    assert "rufen Sie uns an" in refused.text
    assert "tel:" in refused.text
    assert len(await story.told("question_asked")) == 20


async def test_an_unknown_button_asks_nothing(story: Story) -> None:
    refused = await story.api.client.post(story.link(), data={"action": "x", "text": "Why?"})

    assert refused.status_code == 422
    assert "Why?" in refused.text
    assert await story.told("question_asked") == []


async def test_nobody_reads_what_a_colleague_asked(story: Story) -> None:
    await story.hears(story.reply("Private matter", person="kim", sender="Kim Lee"))
    assert "Private matter" not in (await story.api.client.get(story.link())).text


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
async def test_what_cannot_be_sent_says_why_and_keeps_the_text(story: Story, text: str) -> None:
    refused = await story.api.client.post(story.link(), data={"action": "ask", "text": text})

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert text.strip() in refused.text
    assert await story.told("question_asked") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "take"},
        {"exp": 1},
        {"inc": "another"},
        {"inc": "an\x00other"},
        {"person": "max"},
        {"clients": ["birch"]},
        {"clients": []},
    ],
)
async def test_another_link_opens_nothing(story: Story, changed: dict[str, Any]) -> None:
    claims = {"purpose": "confirm", **changed}
    path = story.link(**claims).replace("/take/", "/confirm/")
    for answer in (
        await story.api.client.get(path),
        await story.api.client.post(path, data={"action": "confirm"}),
    ):
        assert answer.status_code == 410
    assert await story.told("receipt_confirmed") == []


async def test_who_is_reached_by_nothing_needs_attention_until_somebody_called(
    story: Story,
) -> None:
    await story.hears(
        e.ContactUnreachable(
            incident_id=story.id,
            client_key="acme",
            person="jo",
            person_name="Jo Frei",
            cause_id="event-1",
            reason="email bounced, no number is known",
            at=story.api.clock.now(),
        )
    )
    [need] = await story.needs("unreachable")
    assert "A reader at acme (jo) can be reached on no channel: email bounced" in need["detail"]
    assert any("can be reached on no channel" in line for line in await story.lines())

    story.api.clock.advance(minutes=1)
    call = {"client_key": "acme", "contact": "jo", "note": "Knows."}
    made = await story.api.post(f"/v1/incidents/{story.id}/contacts-made", call, key="operate")
    assert made.status_code == 201
    assert await story.needs("unreachable") == []


def planned(story: Story, **given: Any) -> e.NotificationPlanned:
    delivery = e.PlannedDelivery(
        delivery_id="delivery-1",
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        roles=("it_lead",),
        channel=Channel.EMAIL,
        state=DeliveryState.ACCEPTED,
        because="it_lead of ACME",
    )
    return e.NotificationPlanned(
        **{"cause_id": "event-1", "kind": Kind.INITIAL, **given},
        incident_id=story.id,
        deliveries=(delivery,),
    )


def confirmed(story: Story) -> e.ReplyConfirmed:
    return e.ReplyConfirmed(
        incident_id=story.id,
        client_key="acme",
        person="jo",
        person_name="Jo Frei",
        source=QuestionSource.VOICE,
        delivery_id="delivery-1",
        confirmed_at=story.api.clock.now(),
    )
