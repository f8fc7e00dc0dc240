"""One change of the directory, whole or not at all: checked, stored and published in one
transaction, under one lock that makes revisions a single line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from tocsin_contracts.registry import CONTACTS, DIRECTORY
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subject
from tocsin_runtime.outbox import Outbox

from incident_api.directory import events, store
from incident_api.directory.changes import Changes, News, changes, news
from incident_api.directory.document import CLIENT, Entries, EntryId
from incident_api.directory.entries import Entry
from incident_api.directory.publishing import BUILT_IN, published
from incident_api.directory.references import WhereIs, faults
from incident_api.directory.removals import check_removals
from incident_api.directory.secrets import (
    Seal,
    Sealer,
    Secret,
    SecretPlace,
    Secrets,
    kept,
    settle,
)
from incident_api.directory.snapshot import Snapshot
from incident_api.web.problem import FieldError, Problem, all_invalid

LOCK = "directory"
OpenClients = Callable[[Connection], Awaitable[AbstractSet[str]]]


@dataclass(frozen=True)
class Wanted:
    """What the directory shall be, and where a fault in it is to be shown."""

    entries: Entries
    where_is: WhereIs


Change = Callable[[Snapshot], Wanted]
"""May raise a :class:`Problem`, which ends the apply without a change."""


@dataclass(frozen=True)
class Applied:
    """``revision`` is the new one, or the old one where nothing changed."""

    revision: int
    changes: Changes
    entries: Entries

    def revision_of(self, entry_id: EntryId, before: int | None) -> int:
        touched = entry_id in self.changes.created or entry_id in self.changes.changed
        return self.revision if touched or before is None else before


class DirectoryWriter:
    """Everything that changes the directory goes through :meth:`apply`."""

    def __init__(
        self, *, outbox: Outbox, clock: Clock, seal: Seal, open_clients: OpenClients
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._seal = seal
        self._open_clients = open_clients

    async def apply(
        self,
        conn: Connection,
        change: Change,
        *,
        actor: str,
        allow_removals: bool = True,
        dry_run: bool = False,
    ) -> Applied:
        """Carry out ``change`` in ``conn``'s transaction; with ``dry_run`` only say what it is."""
        await lock_subject(conn, LOCK)
        before = await store.read_snapshot(conn)
        _check_started(before)
        secrets = await store.read_secrets(conn)
        wanted = change(before)
        _refuse(faults(wanted.entries, wanted.where_is))
        sealer = Sealer(self._seal, before.state.comparison_key)
        after, secrets_after = _settled(wanted, before.entries, secrets, sealer)
        found = changes(before.entries, after, secrets, secrets_after)
        gone = [key for kind, key in found.removed if kind == CLIENT.name]
        open_clients = await self._open_clients(conn) if gone else frozenset()
        check_removals(found, allowed=allow_removals, open_clients=open_clients)
        if found.nothing or dry_run:
            return Applied(before.state.revision, found, after)
        revision = before.state.revision + 1
        await _store(conn, before, found, after, revision)
        await store.write_secrets(conn, secrets, secrets_after)
        await self._note(conn, found, revision, actor)
        told = news(published(before.entries, secrets), published(after, secrets_after))
        await self.publish(conn, told, revision)
        return Applied(revision, found, after)

    async def publish(self, conn: Connection, told: News, revision: int) -> None:
        """Both topics end every revision, so that "local revision ≥ n" means all of it."""
        now = self._clock.now()
        for topic, found in (
            (DIRECTORY, events.directory_events(told, revision, now)),
            (CONTACTS, events.contact_events(told, revision, now)),
        ):
            await self._outbox.add(conn, found, topic=topic.name, ordering_key=events.ORDERING_KEY)

    async def _note(self, conn: Connection, found: Changes, revision: int, actor: str) -> None:
        summary = {
            name: [f"{kind}:{key}" for kind, key in getattr(found, name)]
            for name in ("created", "changed", "removed")
        }
        await store.note_revision(
            conn, revision, actor=actor, changes=summary, now=self._clock.now()
        )


def _check_started(before: Snapshot) -> None:
    if before.state.revision == 0:
        raise Problem(
            "directory-behind",
            "The service is still starting; send the same request again in a moment.",
            headers={"Retry-After": "1"},
        )


def _refuse(found: list[FieldError]) -> None:
    if found:
        raise all_invalid(found, "Nothing was changed.")


def _settled(
    wanted: Wanted, before: Entries, secrets: Secrets, sealer: Sealer
) -> tuple[dict[EntryId, Entry], dict[SecretPlace, Secret]]:
    """The wanted entries with secrets masked, and all secrets sealed."""
    so_far = kept(before, secrets)
    masked: dict[EntryId, Entry] = {}
    sealed: dict[SecretPlace, Secret] = {}
    wrong: list[FieldError] = []
    for entry_id, entry in wanted.entries.items():
        masked[entry_id], own, faulty = settle(entry, so_far, sealer)
        sealed |= {place: secret for place, secret in own.items() if place not in sealed}
        base = wanted.where_is(entry_id)
        wrong += [FieldError(base + fault.pointer, fault.detail) for fault in faulty]
    _refuse(wrong)
    return masked, sealed


async def _store(
    conn: Connection, before: Snapshot, found: Changes, after: Entries, revision: int
) -> None:
    touched = {i: after[i] for i in (*found.created, *found.changed)}
    await store.write_entries(conn, touched, revision)
    await store.delete_entries(conn, found.removed)
    in_force_again = any(i in BUILT_IN for i in found.removed)
    state = replace(before.state, revision=revision)
    if in_force_again:
        state = replace(state, defaults_revision=revision)
    await store.write_state(conn, state)
