"""Which clients of the audience an event speaks to, and what it promised them."""

from __future__ import annotations

from tocsin_contracts import events as e
from tocsin_contracts.incident import Audience, AudienceClient


def concerned(data: e.IncidentEvent, audience: Audience | None) -> tuple[AudienceClient, ...]:
    """The clients to tell; nobody where the event makes no message.

    ``audience`` is the newest known: a client that left it hears nothing more.
    """
    if data.kind is None or audience is None:
        return ()
    limits = [data.only_clients]
    match data:
        case e.IncidentUpdated(update=update):
            limits.append(() if update.internal_only else update.client_keys)
        case e.AudienceChanged(added=added):
            limits.append(added)
    return tuple(
        client
        for client in audience.clients
        if all(limit is None or client.client_key in limit for limit in limits)
    )


def audience_after(data: e.IncidentEvent, known: Audience | None) -> Audience | None:
    """The audience once ``data`` is known: its own where it brings one, else the known one with
    the promises that ``data`` moved. Nothing more is promised once the incident is settled."""
    audience = _audience_after(data, known)
    if audience is None or data.incident.status.is_open:
        return audience
    clients = tuple(c.model_copy(update={"next_update_due": None}) for c in audience.clients)
    return audience.model_copy(update={"clients": clients})


def _audience_after(data: e.IncidentEvent, known: Audience | None) -> Audience | None:
    match data:
        case (
            e.IncidentOpened()
            | e.IncidentPublished()
            | e.AudienceChanged()
            | e.HoldingNoticeIssued()
        ):
            return data.audience
    if known is None:
        return None
    closures = data.closure_due if isinstance(data, e.IncidentResolved) else {}
    clients = tuple(
        client.model_copy(
            update={
                "next_update_due": data.next_update_due.get(
                    client.client_key, client.next_update_due
                ),
                "closure_due": closures.get(client.client_key, client.closure_due),
            }
        )
        for client in known.clients
    )
    return known.model_copy(update={"clients": clients})
