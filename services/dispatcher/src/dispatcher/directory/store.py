"""SQL of the directory's copy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from tocsin_contracts.directory import (
    Addresses,
    Client,
    CommunicationPlan,
    Provider,
    System,
    Template,
)
from tocsin_contracts.model import Model
from tocsin_contracts.staff import AccountTeam
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from dispatcher.directory.forgetting_calls import forget_in_calls
from dispatcher.directory.view import STAFF, UNNAMED, Person, View

DIRECTORY_TOPIC = "directory"
CONTACTS_TOPIC = "contacts"

DocumentT = TypeVar("DocumentT", bound=Model)


@dataclass(frozen=True)
class Entry:
    """One entry of the directory; a document of ``None`` means that it was removed."""

    kind: str
    key: str
    revision: int
    document: dict[str, Any] | None


@dataclass(frozen=True)
class PersonRow:
    client_key: str
    person: str
    revision: int
    name: str
    addresses: dict[str, Any] | None
    labels: dict[str, str]


_UPSERT_ENTRIES = """
INSERT INTO directory_entries AS old (kind, key, revision, document)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[])
ON CONFLICT (kind, key) DO UPDATE SET revision = excluded.revision, document = excluded.document
WHERE old.revision <= excluded.revision
"""
_UPSERT_PEOPLE = """
INSERT INTO people AS old (client_key, person, revision, name, addresses, labels)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[])
ON CONFLICT (client_key, person) DO UPDATE
SET revision = excluded.revision, name = excluded.name, addresses = excluded.addresses,
    labels = excluded.labels
WHERE old.revision <= excluded.revision
"""
_FORGET = """
UPDATE deliveries
SET person_name = '', reader = jsonb_build_object('person', person), sealed = NULL,
    reason = replace(reason, person_name, 'this person')
WHERE client_key = $1 AND person = $2 AND planned_at <= $3
"""
# What names them in messages to others: whom an approver was asked about, whom staff are to call.
# The names are those of the rows, so it goes before these are blanked.
_FORGET_IN_NOTICES = """
WITH names AS (
    SELECT DISTINCT person_name AS name FROM deliveries
    WHERE client_key = $1 AND person = $2 AND planned_at <= $3 AND person_name <> ''
    UNION SELECT name FROM people WHERE client_key = $1 AND person = $2 AND name <> ''
), concerned AS (
    SELECT m.id, m.notice FROM messages m
    WHERE m.client_key IS NULL AND m.created_at <= $3 AND EXISTS (SELECT 1 FROM names)
      AND m.incident_id IN (SELECT incident_id FROM deliveries WHERE client_key = $1)
      AND (m.notice->'approval' ? 'people' OR m.notice->'escalation' ? 'clients')
)
UPDATE messages m SET notice = m.notice
    || CASE WHEN c.notice->'approval' ? 'people' THEN jsonb_build_object('approval',
           c.notice->'approval' || jsonb_build_object('people', (
               SELECT coalesce(jsonb_agg(CASE WHEN p.name IN (SELECT name FROM names)
                                              THEN 'this person' ELSE p.name END), '[]')
               FROM jsonb_array_elements_text(c.notice->'approval'->'people') AS p(name))))
       ELSE '{}' END
    || CASE WHEN c.notice->'escalation' ? 'clients' THEN jsonb_build_object('escalation',
           c.notice->'escalation' || jsonb_build_object('clients', (
               SELECT coalesce(jsonb_agg(
                   CASE WHEN o.told->'call_first'->>'name' IN (SELECT name FROM names)
                        THEN o.told || '{"call_first": null, "call_first_role": null}'
                        ELSE o.told END), '[]')
               FROM jsonb_array_elements(c.notice->'escalation'->'clients') AS o(told))))
       ELSE '{}' END
FROM concerned c WHERE m.id = c.id
"""
_FORGET_QUESTIONS = """
UPDATE messages SET notice = jsonb_set(notice, '{question}', notice->'question'
    || '{"asker": "this person", "asker_role": null, "subject": null, "text": "(deleted)"}')
WHERE created_at <= $3 AND kind = 'question_received'
  AND incident_id IN (SELECT incident_id FROM deliveries WHERE client_key = $1)
  AND notice->'question'->>'asker' IN (
      SELECT person_name FROM deliveries
      WHERE client_key = $1 AND person = $2 AND planned_at <= $3 AND person_name <> ''
      UNION SELECT name FROM people WHERE client_key = $1 AND person = $2 AND name <> '')
"""
# Keys of these timers end with whom they are about.
_FORGET_IN_TIMERS = """
UPDATE timers SET payload = payload || '{"name": "this person"}'
WHERE kind IN ('unreachable', 'untold') AND payload->>'client_key' = $1
  AND right(key, length($2) + 1) = '/' || $2
"""
_FORGET_LINKS = """
DELETE FROM short_links WHERE link->>'delivery_id' IN (
    SELECT id FROM deliveries WHERE client_key = $1 AND person = $2 AND planned_at <= $3)
"""
_COMPLETE = """
INSERT INTO directory_revisions AS old (topic, revision) VALUES ($1, $2)
ON CONFLICT (topic) DO UPDATE SET revision = greatest(old.revision, excluded.revision)
"""
# The lower of the two: a client's structure and its addresses must both be there.
_LOCAL_REVISION = """
SELECT CASE WHEN count(*) = 2 THEN min(revision) ELSE 0 END FROM directory_revisions
"""
# One round trip for entries and people: they are read in the path of every message.
_LOAD = """
SELECT kind, key, '' AS person, revision, document, NULL::jsonb AS labels, '' AS name
FROM directory_entries
WHERE kind = 'provider' OR (kind = 'client' AND key = ANY($1))
   OR (kind = 'system' AND key = ANY($2)) OR (kind = 'plan' AND key = ANY($3))
   OR (kind = 'template' AND key IN (
           SELECT named.value FROM directory_entries p, jsonb_each_text(p.document->'wording') named
           WHERE p.kind = 'plan' AND p.key = ANY($3)))
   OR (kind = 'team' AND key IN (SELECT document->>'account_team' FROM directory_entries
                                 WHERE kind = 'client' AND key = ANY($1)))
UNION ALL
SELECT 'person', client_key, person, revision, addresses, labels, name FROM people
WHERE client_key = '' OR client_key = ANY($1)
"""


async def upsert_entries(conn: Connection, entries: Sequence[Entry]) -> None:
    """Write entries, at most one of each key; an older revision changes nothing."""
    await conn.execute(
        _UPSERT_ENTRIES,
        [entry.kind for entry in entries],
        [entry.key for entry in entries],
        [entry.revision for entry in entries],
        [entry.document for entry in entries],
    )


async def upsert_people(conn: Connection, people: Sequence[PersonRow]) -> None:
    """Write people, at most one row of each; an older revision changes nothing."""
    await conn.execute(
        _UPSERT_PEOPLE,
        [row.client_key for row in people],
        [row.person for row in people],
        [row.revision for row in people],
        [row.name for row in people],
        [row.addresses for row in people],
        [row.labels for row in people],
    )


async def forget_person(conn: Connection, client_key: str, person: str, until: datetime) -> None:
    """Rows planned ``until`` then stay, with the key alone to say whose they were."""
    await conn.execute(_FORGET_IN_NOTICES, client_key, person, until)
    await forget_in_calls(conn, client_key, person, until)
    await conn.execute(_FORGET_QUESTIONS, client_key, person, until)
    await conn.execute(_FORGET_IN_TIMERS, client_key, person)
    await conn.execute(_FORGET_LINKS, client_key, person, until)
    await conn.execute(_FORGET, client_key, person, until)


async def complete(conn: Connection, topic: str, revision: int) -> None:
    await conn.execute(_COMPLETE, topic, revision)


async def local_revision(conn: Connection) -> int:
    """The revision of which structure and addresses are both here; 0 before the first."""
    return int(await conn.fetchval(_LOCAL_REVISION) or 0)


async def load(
    conn: Connection,
    *,
    clients: Collection[str],
    systems: Collection[str] = (),
    plans: Collection[str] = (),
) -> View:
    """What decisions about ``clients`` need, and all staff."""
    revision = await local_revision(conn)
    rows = await conn.fetch(_LOAD, list(clients), list(systems), list(plans))
    people = [row for row in rows if row["kind"] == "person"]
    entries = [row for row in rows if row["kind"] != "person"]
    documents = _documents(entries)
    found = {row["key"]: row["revision"] for row in entries if row["kind"] == "client"}
    return View(
        revision=revision,
        provider=next(iter(_parsed(documents, "provider", Provider).values()), UNNAMED),
        clients=_parsed(documents, "client", Client),
        teams=_parsed(documents, "team", AccountTeam),
        plans=_parsed(documents, "plan", CommunicationPlan),
        systems=_parsed(documents, "system", System),
        templates=_parsed(documents, "template", Template),
        people={(row["key"], row["person"]): _person(row) for row in people},
        ahead=_ahead(revision, found, people),
    )


def _parsed(
    documents: dict[str, dict[str, Any]], kind: str, model: type[DocumentT]
) -> dict[str, DocumentT]:
    found = documents.get(kind, {})
    return {key: model.model_validate(value, extra="ignore") for key, value in found.items()}


def _documents(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    documents: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["document"] is not None:
            documents.setdefault(row["kind"], {})[row["key"]] = row["document"]
    return documents


def _person(row: Mapping[str, Any]) -> Person:
    addresses = row["document"]
    return Person(
        key=row["person"],
        name=row["name"],
        revision=row["revision"],
        addresses=Addresses.model_validate(addresses) if addresses is not None else None,
        labels={Channel(channel): label for channel, label in row["labels"].items()},
    )


def _ahead(
    revision: int, clients: Mapping[str, int], people: Sequence[Mapping[str, Any]]
) -> dict[str, int]:
    newest = dict(clients)
    for row in people:
        if row["key"] != STAFF:
            key = row["key"]
            newest[key] = max(newest.get(key, 0), row["revision"])
    return {key: seen for key, seen in newest.items() if seen > revision}
