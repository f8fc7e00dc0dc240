"""A preview says who would be told what and when, in the words that are sent, and sends nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import jwt
import pytest
from dispatcher.channels.port import Rejected
from dispatcher.preview.asking import read
from dispatcher.preview.preview_routes import preview_routes
from dispatcher.preview.previewer import DirectoryBehind
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from tocsin_contracts import events as e
from tocsin_contracts.directory import Approval, Fallback, NotifyRule, QuietHours
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import Audience, IncidentSnapshot
from tocsin_contracts.words import Channel, Kind, Severity
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    audience,
    closed,
    concerned,
    gold,
    jo,
    mail_eu,
    opened,
    provider,
    resolved,
    team,
    updated,
)
from services.dispatcher.tests.minor import gold_with, knows
from services.dispatcher.tests.plain_text import without_links
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

OUTAGE_KINDS = [
    Kind.ESCALATION,
    Kind.ESCALATION_TAKEN,
    Kind.ESCALATION_HANDED_OVER,
    Kind.ESCALATION_EXHAUSTED,
    Kind.UPDATE_OVERDUE,
    Kind.SLA_AT_RISK,
    Kind.SLA_BREACHED,
    Kind.QUESTION_RECEIVED,
    Kind.AUTO_ANSWER,
    Kind.ANSWERED,
]


async def previewed(
    world: World,
    kind: Kind,
    *data: EventData,
    incident: IncidentSnapshot | None = None,
    told: Audience | None = None,
    **words: Any,
) -> dict[str, Any]:
    now = world.clock.now()
    events = [
        new_event(
            one,
            source="incident-api",
            subject=one.incident.id,
            now=now,
            sequence=one.incident.sequence,
        )
        for one in data
        if isinstance(one, e.IncidentEvent)
    ]
    body = {
        "kind": kind.value,
        "directory_revision": world.revision,
        "events": [event.model_dump(mode="json") for event in events],
        "incident": incident.model_dump(mode="json") if incident else None,
        "audience": (told or audience()).model_dump(mode="json"),
        "words": words,
    }
    return await world.core.previewer.preview(read(json.dumps(body).encode()))


def bodies(shown: Mapping[str, Any]) -> list[str]:
    return [without_links(message["body"]) for message in shown["messages"]]


async def test_what_is_shown_is_what_is_sent(world: World) -> None:
    await world.knows_acme()
    outage = opened(world.snapshot(impact="You cannot read mail."))

    shown = await previewed(world, Kind.INITIAL, outage)
    await world.hears(outage)
    await world.deliver()

    assert {
        (m["destination"], m["subject"], without_links(m["body"])) for m in shown["messages"]
    } == {
        (mail.address, mail.message.subject, without_links(mail.message.text))
        for mail in world.mails
    }
    assert {m["contact"] for m in shown["messages"]} == {"jo", "mia"}
    assert {m["role"] for m in shown["messages"]} == {"it_lead", "ceo"}
    assert shown["messages"][0]["because"] == "IT lead of ACME GmbH: ACME GmbH uses Mail EU"


async def test_nothing_of_it_is_left_behind(world: World) -> None:
    await world.knows_acme()

    await previewed(world, Kind.INITIAL, opened(world.snapshot()))
    await world.deliver()

    assert world.mails == []
    assert await world.rows() == []
    async with world.database.connection() as conn:
        assert await conn.fetchval("SELECT count(*) FROM incidents") == 0
        assert await conn.fetchval("SELECT count(*) FROM outbox") == 0


async def test_an_update_is_planned_on_what_was_told_before(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    now = world.snapshot()

    shown = await previewed(world, Kind.UPDATE, updated(world.snapshot(), "Found."), incident=now)
    await world.hears(updated(world.snapshot(), "Found."))
    await world.deliver()

    sent = [mail for mail in world.mails if mail.kind is Kind.UPDATE]
    assert bodies(shown) == [without_links(mail.message.text) for mail in sent]
    assert {m["subject"] for m in shown["messages"]} == {world.mails[0].message.subject}


async def test_what_has_not_arrived_here_yet_is_known_from_the_question(world: World) -> None:
    await world.knows_acme()
    unheard = world.snapshot()

    shown = await previewed(world, Kind.UPDATE, updated(world.snapshot()), incident=unheard)

    assert len(shown["messages"]) == 2


async def test_who_is_not_told_is_said_with_the_reason(world: World) -> None:
    await world.knows_acme()
    other = concerned(client_key="beta", because="beta uses Mail EU")

    shown = await previewed(
        world,
        Kind.UPDATE,
        updated(world.snapshot(), only_clients=("acme",)),
        incident=world.snapshot(),
        told=audience(concerned(), other),
    )

    assert shown["not_told"] == [
        {"client_key": "beta", "because": "this message does not concern it"}
    ]


async def test_a_role_that_nobody_holds_is_not_told(world: World) -> None:
    await world.knows(provider(), mail_eu(), gold(), team(), acme(jo()), people=addresses())

    shown = await previewed(world, Kind.INITIAL, opened(world.snapshot()))

    assert [m["contact"] for m in shown["messages"]] == ["jo"]
    assert shown["not_told"][0]["because"] == "nobody at ACME GmbH holds the role ceo"


async def test_quiet_hours_say_when_it_would_go(world: World) -> None:
    quiet = QuietHours(start="00:00", end="23:00")
    await knows_plan(world, quiet_hours=quiet)
    outage = world.snapshot(severity=Severity.SEV3)
    minor = concerned(severity_entry=Severity.SEV3)

    shown = await previewed(world, Kind.INITIAL, opened(outage, audience=audience(minor)))

    (first, _) = shown["messages"]
    assert first["send_at"] == "2026-11-24T22:00:00+00:00"
    assert "quiet" in first["because"]


async def test_what_goes_only_if_nothing_else_arrives_has_no_moment(world: World) -> None:
    fallback = Fallback(channel=Channel.SLACK, after_minutes=Decimal(5))
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=fallback)
    jo_twice = address("jo", email="jo@acme.example", slack="C0123456")
    await knows(world, gold_with(rule), people=[jo_twice])
    incident = world.snapshot()
    shown = await previewed(world, Kind.INITIAL, opened(incident), incident=incident)
    [chat] = [one for one in shown["messages"] if one["channel"] == "slack"]

    assert chat["send_at"] is None
    assert chat["because"].endswith("goes if nothing is accepted by email within 5 minutes")


async def test_a_plan_that_wants_a_yes_shows_what_the_approver_is_asked(world: World) -> None:
    await knows_plan(world, approval=Approval(kinds=(Kind.INITIAL,)))

    held = await previewed(world, Kind.INITIAL, opened(world.snapshot()))
    asked = await previewed(world, Kind.APPROVAL_REQUEST, opened(world.snapshot()))

    assert [m["send_at"] for m in held["messages"]] == [None, None]
    assert "yes of Ann Weiss" in held["messages"][0]["because"]
    assert [m["contact"] for m in asked["messages"]] == ["ann"]
    assert held["messages"][0]["body"].split("\n")[2] in asked["messages"][0]["body"]


async def test_a_plan_that_wants_no_yes_says_so(world: World) -> None:
    await world.knows_acme()

    asked = await previewed(world, Kind.APPROVAL_REQUEST, opened(world.snapshot()))

    assert asked["messages"] == []
    assert "wants no yes" in asked["not_told"][0]["because"]


async def test_the_question_how_it_was_follows_from_the_closing(world: World) -> None:
    await world.knows_acme()

    closing = closed(world.snapshot())
    shown = await previewed(world, Kind.FEEDBACK_REQUEST, closing, incident=world.snapshot())
    only = await previewed(world, Kind.CLOSURE, closing, incident=world.snapshot())

    assert {m["kind"] for m in shown["messages"]} == {"feedback_request"}
    assert {m["kind"] for m in only["messages"]} == {"closure"}


@pytest.mark.parametrize("kind", OUTAGE_KINDS)
async def test_what_clocks_and_people_bring_about_is_shown_by_example(
    world: World, kind: Kind
) -> None:
    await world.knows_acme()

    shown = await previewed(world, kind, incident=world.snapshot())

    assert shown["messages"], shown
    assert {m["kind"] for m in shown["messages"]} == {kind.value}
    said = [m["subject"] + m["body"] for m in shown["messages"]]
    assert all("Mail EU" in words or "ACME" in words for words in said)


async def test_a_question_is_asked_in_the_words_that_are_given(world: World) -> None:
    await world.knows_acme()

    shown = await previewed(
        world,
        Kind.QUESTION_RECEIVED,
        incident=world.snapshot(),
        text="When will it work?",
        contact="mia",
    )

    (message,) = shown["messages"]
    assert message["contact"] == "ann"
    assert "Mia Roth" in message["body"]
    assert "When will it work?" in message["body"]


async def test_a_digest_needs_a_second_disruption(world: World) -> None:
    await world.knows_acme()
    here = world.snapshot(severity=Severity.SEV3)
    alone = await previewed(world, Kind.DIGEST, incident=here)

    await world.hears(opened(world.snapshot(id="0193-other", ref="INC-2042")))
    together = await previewed(world, Kind.DIGEST, incident=here)

    assert alone["messages"] == []
    assert "told by itself" in alone["not_told"][0]["because"]
    assert {m["contact"] for m in together["messages"]} == {"jo", "mia"}


async def test_links_in_a_preview_open_nothing(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))

    shown = await previewed(world, Kind.ESCALATION, incident=world.snapshot())

    body = shown["messages"][0]["body"]
    token = body.partition("https://tocsin.example/take/")[2].split()[0]
    real = world.core.worker._sender._composer.links
    assert token.count(".") == 2
    assert real is not None
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, real._key.public_key(), algorithms=["EdDSA"])


async def test_a_resolve_speaks_for_a_first_notice_that_never_went(world: World) -> None:
    await world.knows_acme()
    world.channels[next(iter(world.channels))].answer = lambda *_: Rejected("no such user")
    await world.hears(opened(world.snapshot()))

    over = resolved(world.snapshot())
    shown = await previewed(world, Kind.RESOLVED, over, incident=world.snapshot())
    await world.hears(over)
    await world.deliver()

    assert bodies(shown) == [without_links(mail.message.text) for mail in world.mails]


async def test_a_directory_that_is_behind_is_waited_for_and_then_said(world: World) -> None:
    await world.knows_acme()
    app = Starlette(routes=preview_routes(world.core.previewer))
    world.revision += 1

    with pytest.raises(DirectoryBehind):
        await previewed(world, Kind.INITIAL, opened(world.snapshot()))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://d") as client:
        body = {"kind": "initial", "directory_revision": world.revision}
        behind = await client.post("/v1/preview", json=body)
        nonsense = await client.post("/v1/preview", json={"kind": "weather"})

    assert (behind.status_code, behind.headers["retry-after"]) == (503, "1")
    assert behind.json()["type"] == "urn:tocsin:problem:directory-behind"
    assert (nonsense.status_code, nonsense.json()["detail"].split(":")[0]) == (422, "kind")


async def knows_plan(world: World, **given: Any) -> None:
    plan = gold()
    assert plan.document is not None
    document = plan.document.model_copy(update=given)
    await world.knows(
        provider(),
        mail_eu(),
        plan.model_copy(update={"document": document}),
        team(),
        acme(),
        people=addresses(),
    )
