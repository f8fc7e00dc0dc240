"""What one client was told last of an outage, and whom it may call about it."""

from __future__ import annotations

import re

import phonenumbers
from tocsin_contracts.directory import Client
from tocsin_contracts.words import DeliveryState, EscalationState, Kind, StaffRole
from tocsin_runtime.database import Connection

from incident_api.channels.people import destinations_in
from incident_api.conversations.rules import staff_name
from incident_api.directory.snapshot import Snapshot
from incident_api.incidents.model import Incident
from incident_api.links.reading import LastTold, ToCall
from incident_api.timeline import escalations

GOT_THERE = [DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN]
OF_THE_OUTAGE = [
    Kind.HOLDING_NOTICE,
    Kind.INITIAL,
    Kind.UPDATE,
    Kind.NO_NEWS,
    Kind.ETA_CHANGE,
    Kind.WORKAROUND,
    Kind.CORRECTION,
    Kind.RESOLVED,
    Kind.REOPENED,
    Kind.CLOSURE,
]
"""Messages that say where it stands."""

_LAST = """
SELECT d.kind, min(d.changed_at) AS at, u.message AS text
FROM deliveries d LEFT JOIN incident_updates u
    ON u.incident_id = d.incident_id AND u.event_id = d.cause_id AND NOT u.internal_only
    AND NOT u.struck AND (u.client_keys IS NULL OR d.client_key = ANY(u.client_keys))
WHERE d.incident_id = $1 AND d.client_key = $2 AND d.state = ANY($3) AND d.kind = ANY($4)
GROUP BY d.cause_id, d.kind, u.message ORDER BY max(d.planned_at) DESC, d.cause_id DESC LIMIT 1
"""


async def last_told(conn: Connection, incident_id: str, client_key: str) -> LastTold | None:
    row = await conn.fetchrow(_LAST, incident_id, client_key, GOT_THERE, OF_THE_OUTAGE)
    return None if row is None else LastTold(Kind(row["kind"]), row["at"], row["text"])


async def to_call(
    conn: Connection, snapshot: Snapshot, incident: Incident, client: Client
) -> ToCall | None:
    """Whoever took this client, else its account manager, else the service desk: as notices do."""
    chains = await escalations.of_incident(conn, incident.id)
    takers = [
        one.person
        for one in chains
        if one.client_key == client.key and one.state == EscalationState.TAKEN and not one.of_client
    ]
    view = snapshot.view
    team = view.teams.get(client.account_team or "")
    manager = team.members.get(StaffRole.ACCOUNT_MANAGER) if team else None
    for person in (*takers, manager.key if manager else None):
        found = destinations_in(snapshot, None, person) if person else None
        if person and found and found.phone:
            return ToCall(staff_name(view, person) or view.provider.name, as_read(found.phone))
    desk = view.provider.desk_phone
    return ToCall(view.provider.name, as_read(desk)) if desk else None


def as_read(phone: str) -> str:
    """``+493023125142`` → ``+49 30 23125142``; what somebody wrote with spaces stays."""
    if not re.fullmatch(r"\+[0-9]{6,15}", phone):
        return phone
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(phonenumbers.parse(phone, None), international))
