"""``/v1/channels``: how each way to reach people does; paused, resumed and tried by operators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from tocsin_contracts.envelope import EventData
from tocsin_contracts.events import ChannelPaused, ChannelResumed, TestRequested
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.auth.actor import Actor
from incident_api.auth.dependencies import Operates, Reads
from incident_api.channels import store
from incident_api.channels.bodies import Pause, Test
from incident_api.channels.people import check_reachable, destinations_in
from incident_api.channels.publishing import publish
from incident_api.channels.rules import standing_shown, standings
from incident_api.directory.store import read_snapshot
from incident_api.forwarding.dispatcher import Dispatcher
from incident_api.forwarding.port import NotAnswering
from incident_api.web.idempotency import Answer, Once, WithOnce
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import invalid, not_found
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/channels", tags=["channels"])


async def _dispatcher(request: Request) -> Dispatcher:
    found: Dispatcher = request.app.state.dispatcher
    return found


@router.get("", summary="Each channel: its state, its providers, what waits")
async def list_channels(
    _actor: Reads, parts: WithParts, dispatcher: Annotated[Dispatcher, Depends(_dispatcher)]
) -> dict[str, Any]:
    """As the dispatcher sees it now; while it does not answer, as it last said (``as_of``)."""
    try:
        found = await dispatcher.channels()
    except NotAnswering:
        return await _last_heard(parts)
    return {"items": found["items"], "as_of": plain(parts.clock.now()), "live": True} | NO_MORE


NO_MORE = {"next_cursor": None}


async def _last_heard(parts: Parts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = standings(await store.states(conn))
    items = [standing_shown(one) for one in found]
    for item in items:
        for provider in item["providers"]:
            provider["since"] = plain(provider["since"])
    heard = [one.as_of for one in found if one.as_of is not None]
    as_of = plain(max(heard)) if heard else None
    return {"items": items, "as_of": as_of, "live": False} | NO_MORE


@router.post("/{key}/pause", status_code=202, summary="Nothing goes out there until it is resumed")
async def pause_channel(
    key: str, actor: Operates, once: WithOnce, body: Annotated[Pause | None, Body()] = None
) -> Response:
    channel, now = _known(key), once.parts.clock.now()
    reason = body.reason if body else None
    paused = ChannelPaused(channel=channel, actor=actor.label, reason=reason, at=now)
    return await _asked(channel, paused, actor, once)


@router.post("/{key}/resume", status_code=202, summary="What waited there goes out")
async def resume_channel(key: str, actor: Operates, once: WithOnce) -> Response:
    channel, now = _known(key), once.parts.clock.now()
    resumed = ChannelResumed(channel=channel, actor=actor.label, at=now)
    return await _asked(channel, resumed, actor, once)


@router.post("/{key}/test", status_code=202, summary="Try a destination; nothing is wrong")
async def test_channel(key: str, body: Test, actor: Operates, once: WithOnce) -> Response:
    channel = _known(key)

    async def effect(conn: Connection) -> Answer:
        found = destinations_in(await read_snapshot(conn), body.client_key, body.person)
        if found is None:
            raise invalid("/person", _nobody(body))
        check_reachable(found, body.person, channel, "/person")
        test = TestRequested(
            test_id=uuid7(),
            client_key=body.client_key,
            person=body.person,
            channel=channel,
            actor=actor.label,
            at=once.parts.clock.now(),
        )
        await publish(conn, once.parts, test, test.test_id)
        return Answer(202, test.model_dump(mode="json"))

    return await once.run(actor.key_id, effect)


def _known(key: str) -> Channel:
    if key not in tuple(Channel):
        raise not_found("channel", key)
    return Channel(key)


def _nobody(body: Test) -> str:
    if body.client_key is None:
        return (
            f"'{body.person}' is none of the provider's own people; for a client's contact send"
            " its client_key too."
        )
    return f"'{body.client_key}' has no contact '{body.person}'; GET /v1/clients/{body.client_key}."


async def _asked(channel: Channel, data: EventData, actor: Actor, once: Once) -> Response:
    async def effect(conn: Connection) -> Answer:
        await publish(conn, once.parts, data, f"channel:{channel}")
        return Answer(202, data.model_dump(mode="json"))

    return await once.run(actor.key_id, effect)
