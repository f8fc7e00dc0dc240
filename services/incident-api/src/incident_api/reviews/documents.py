"""One incident's review, read, built and worded: the internal copy, or one client's."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_jsonable_python
from tocsin_contracts.directory import Client, Contact
from tocsin_runtime.database import Connection

from incident_api.documents.answering import Document
from incident_api.documents.naming import everyday, file_name
from incident_api.documents.times import zone_or_utc
from incident_api.incidents.model import Incident
from incident_api.reviews.building import client_review, internal_review
from incident_api.reviews.model import Review
from incident_api.reviews.presenting import present
from incident_api.reviews.store import read_facts
from incident_api.web.parts import Parts


async def internal_document(conn: Connection, incident: Incident, parts: Parts) -> Document:
    facts = await read_facts(conn, incident, now=parts.clock.now())
    return _document(internal_review(facts))


async def client_document(
    conn: Connection,
    incident: Incident,
    client_key: str,
    parts: Parts,
    *,
    person: str | None = None,
) -> Document | None:
    """``person`` reads it; ``None`` where the client is not known or not concerned."""
    facts = await read_facts(conn, incident, now=parts.clock.now(), client_key=client_key)
    client = facts.view.clients.get(client_key)
    if client is None or client_key not in {one.client_key for one in facts.audience}:
        return None
    return _document(client_review(facts, client, _contact(client, person)))


def _contact(client: Client, person: str | None) -> Contact | None:
    return next((one for one in client.contacts if one.key == person), None)


def _document(review: Review) -> Document:
    day = review.started_at.astimezone(zone_or_utc(review.timezone)).date().isoformat()
    reader = "internal" if review.client is None else everyday(review.client)
    first = review.systems[0] if review.systems else review.ref
    values: dict[str, Any] = to_jsonable_python(review)
    if review.inside is None:
        del values["inside"]
    return Document(
        values=values,
        page=present(review),
        name=file_name((review.provider, first, day, reader), ".pdf"),
        made_at=review.made_at,
    )
