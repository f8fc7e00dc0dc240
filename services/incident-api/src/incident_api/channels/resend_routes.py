"""``/v1/deliveries/{id}/resend``: reach this person, on this channel or another one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response
from tocsin_contracts.events import ResendRequested
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.auth.dependencies import Operates
from incident_api.channels.bodies import Resend
from incident_api.channels.people import check_reachable, destinations_in
from incident_api.channels.publishing import publish
from incident_api.directory.store import read_snapshot
from incident_api.timeline import deliveries
from incident_api.timeline.deliveries import Delivery
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.problem import Problem, not_found

router = APIRouter(prefix="/v1/deliveries", tags=["channels"])


@router.post("/{delivery_id}/resend", status_code=202, summary="Tell this person once more, now")
async def resend_delivery(
    delivery_id: str, actor: Operates, once: WithOnce, body: Annotated[Resend | None, Body()] = None
) -> Response:
    """Past every cap and quiet hour; never past a suppression, which is lifted first."""

    async def effect(conn: Connection) -> Answer:
        found = await deliveries.find(conn, delivery_id)
        if found is None:
            raise not_found("delivery", delivery_id)
        channel = (body.channel if body else None) or Channel(found.channel)
        await _check_reachable(conn, found, channel)
        resend = ResendRequested(
            incident_id=found.incident_id,
            resend_id=uuid7(),
            delivery_id=found.id,
            channel=body.channel if body else None,
            actor=actor.label,
            at=once.parts.clock.now(),
        )
        event_id = await publish(conn, once.parts, resend, found.incident_id)
        await add_lines(conn, [_line(found, resend, channel, event_id)])
        return Answer(202, resend.model_dump(mode="json"))

    return await once.run(actor.key_id, effect)


async def _check_reachable(conn: Connection, found: Delivery, channel: Channel) -> None:
    destinations = destinations_in(await read_snapshot(conn), found.client_key, found.person)
    if destinations is None:
        raise Problem(
            "conflict",
            f"'{found.person}' is not in the directory any more, so there is no address to use;"
            f" PUT /v1/clients/{found.client_key}/contacts/{found.person} puts them back.",
        )
    check_reachable(destinations, found.person, channel, "/channel")


def _line(found: Delivery, resend: ResendRequested, channel: Channel, event_id: str) -> Line:
    to = f"{found.person} of {found.client_key}" if found.client_key else found.person
    return Line(
        id=uuid7(),
        incident_id=found.incident_id,
        sequence=0,
        at=resend.at,
        type="resend_requested",
        actor=resend.actor,
        text=f"The {found.kind.replace('_', ' ')} goes to {to} once more, by {channel}.",
        event_id=event_id,
        data={
            "client_keys": [found.client_key] if found.client_key else [],
            "delivery_id": found.id,
            "resend_id": resend.resend_id,
        },
    )
