"""One change of the directory, whole or not at all: checked, stored and published in one
transaction, under one lock that makes revisions a single line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.registry import CONTACTS, DIRECTORY
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subject
from tocsin_runtime.outbox import Outbox

from incident_api.directory import events, presence_store, store, versions_store, wishes_store
from incident_api.directory.advice import Advice, Advise, Proposal
from incident_api.directory.changes import Changes, News
from incident_api.directory.document import CLIENT, Entries, EntryId
from incident_api.directory.people import PersonId
from incident_api.directory.planning import Faulty, Known, Plan, Wanted, plan
from incident_api.directory.presence import Presence, Rostered
from incident_api.directory.publishing import BUILT_IN
from incident_api.directory.removals import refusal
from incident_api.directory.secrets import Seal, Sealer
from incident_api.directory.snapshot import Snapshot, State, view_of
from incident_api.directory.wishes import Wish, following, kept
from incident_api.web.problem import Problem, all_invalid

LOCK = "directory"
OpenClients = Callable[[Connection], Awaitable[AbstractSet[str]]]
ForgetPerson = Callable[[Connection, str, str, datetime], Awaitable[None]]
Roster = Callable[[Connection, Presence], Awaitable[Rostered]]
"""Reads what it needs to know of calendars; what it gives is pure."""


Notes = tuple[str, ...]
Change = Callable[[Snapshot], Wanted]
"""May raise a :class:`Problem`, which ends the apply without a change."""


@dataclass(frozen=True)
class Applied:
    """``revision`` is the new one, or the old one where nothing changed; ``written_revision`` the
    newest in which somebody wrote something. ``notes`` say what is in force now though it may not
    be what was meant, ``standing`` what is so whatever was written.
    """

    revision: int
    changes: Changes
    entries: Entries
    written_revision: int
    notes: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()

    def revision_of(self, entry_id: EntryId, before: int | None) -> int:
        touched = entry_id in self.changes.created or entry_id in self.changes.changed
        return self.revision if touched or before is None else before


class DirectoryWriter:
    """Everything that changes the directory goes through :meth:`apply`."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        clock: Clock,
        seal: Seal,
        open_clients: OpenClients,
        forget_person: ForgetPerson,
        roster: Roster,
        advisers: Sequence[Advise] = (),
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self.seal = seal
        self._open_clients = open_clients
        self._forget_person = forget_person
        self._roster = roster
        self._advisers = advisers

    async def apply(
        self,
        conn: Connection,
        change: Change,
        *,
        actor: str,
        allow_removals: bool = True,
        dry_run: bool = False,
        keep_wishes: bool = False,
        readers: Collection[PersonId] = (),
    ) -> Applied:
        """Carry out ``change`` in ``conn``'s transaction; with ``dry_run`` only say what it is.

        ``keep_wishes``: what readers settled stays where ``change`` does not speak of it.
        ``readers``: whose own settling this is.
        """
        await lock_subject(conn, LOCK)
        before = await store.read_snapshot(conn)
        check_started(before)
        known = Known(
            before.entries, await store.read_secrets(conn), await presence_store.read(conn)
        )
        wishes = await wishes_store.read(conn)
        planned, of_wishes = await self._planned(
            lambda: _wanted(change(before), wishes if keep_wishes else ()),
            known,
            Sealer(self.seal, before.state.comparison_key),
            await self._roster(conn, known.presence),
        )
        await self._check_removals(conn, planned.changes, allowed=allow_removals)
        advice = await self._advised(conn, before, planned)
        said = (of_wishes + advice.notes, advice.standing)
        if planned.changes.nothing or dry_run:
            state = before.state
            written = state.written_revision
            return Applied(state.revision, planned.changes, planned.entries, written, *said)
        revision = await self._carry_out(conn, before.state, known, planned)
        settled = following(wishes, before.entries, planned.entries, readers)
        await wishes_store.write(conn, wishes, settled)
        await self.note(conn, planned.changes, revision, actor)
        await self.note_versions(conn, planned.news.documents, planned.entries, revision, actor)
        await self.publish(conn, planned.news, revision)
        return Applied(revision, planned.changes, planned.entries, revision, *said)

    async def _carry_out(self, conn: Connection, state: State, known: Known, planned: Plan) -> int:
        """What was planned as rows; the revision it is in force with."""
        revision = state.revision + 1
        await _store(conn, state, planned, revision)
        await presence_store.write_duties(
            conn, known.presence.duties, planned.presence.duties, look_at=self._clock.now()
        )
        await store.write_secrets(conn, known.secrets, planned.secrets)
        return revision

    async def _planned(
        self,
        wanted: Callable[[], tuple[Wanted, Notes]],
        before: Known,
        sealer: Sealer,
        rostered: Rostered,
    ) -> tuple[Plan, Notes]:
        def planned() -> tuple[Plan, Notes]:
            found, notes = wanted()
            return plan(found, before, sealer, rostered), notes

        # In a thread: a large directory takes a second, and alerts come in meanwhile.
        try:
            return await asyncio.to_thread(planned)
        except Faulty as faulty:
            raise all_invalid(faulty.errors, "Nothing was changed.") from None

    async def _advised(self, conn: Connection, before: Snapshot, planned: Plan) -> Advice:
        """Raises a :class:`Problem` where an adviser finds a fault."""
        view = view_of(planned.entries, before.state, planned.presence)
        proposal = Proposal(conn, before.entries, planned.entries, view, planned.where_is)
        advice = [await advise(proposal) for advise in self._advisers]
        faults = [fault for one in advice for fault in one.faults]
        if faults:
            raise all_invalid(faults, "Nothing was changed.")
        return Advice(
            notes=tuple(note for one in advice for note in one.notes),
            standing=tuple(note for one in advice for note in one.standing),
        )

    async def _check_removals(self, conn: Connection, found: Changes, *, allowed: bool) -> None:
        gone = any(kind == CLIENT.name for kind, _ in found.removed)
        open_clients = await self._open_clients(conn) if gone else frozenset()
        refused = refusal(found, allowed=allowed, open_clients=open_clients)
        if refused is not None:
            raise Problem("removal-refused", refused.detail, errors=refused.errors)

    async def publish(self, conn: Connection, told: News, revision: int) -> None:
        """Both topics end every revision, so that "local revision ≥ n" means all of it."""
        now = self._clock.now()
        for topic, found in (
            (DIRECTORY, events.directory_events(told, revision, now)),
            (CONTACTS, events.contact_events(told, revision, now)),
        ):
            await self._outbox.add(conn, found, topic=topic.name, ordering_key=events.ORDERING_KEY)

    async def forget(self, conn: Connection, client_key: str, person: str, revision: int) -> None:
        """A name outside the directory is blanked too, here and by whoever hears of it."""
        now = self._clock.now()
        await self._forget_person(conn, client_key, person, now)
        erased = events.contact_erased(client_key, person, revision, now)
        await self._outbox.add(
            conn, [erased], topic=DIRECTORY.name, ordering_key=events.ORDERING_KEY
        )

    async def note_versions(
        self,
        conn: Connection,
        told: Iterable[EntryId],
        entries: Entries,
        revision: int,
        actor: str,
    ) -> None:
        """What the other services hear of policies is what running escalations keep."""
        await versions_store.note(
            conn, told, entries, revision=revision, actor=actor, now=self._clock.now()
        )

    async def note(self, conn: Connection, found: Changes, revision: int, actor: str) -> None:
        summary = {
            name: [f"{kind}:{key}" for kind, key in getattr(found, name)]
            for name in ("created", "changed", "removed")
        }
        await store.note_revision(
            conn, revision, actor=actor, changes=summary, now=self._clock.now()
        )


def _wanted(wanted: Wanted, wishes: Sequence[Wish]) -> tuple[Wanted, Notes]:
    return kept(wishes, wanted) if wishes else (wanted, ())


def check_started(before: Snapshot) -> None:
    if before.state.revision == 0:
        raise Problem(
            "directory-behind",
            "The service is still starting; send the same request again in a moment.",
            headers={"Retry-After": "1"},
        )


async def _store(conn: Connection, state: State, planned: Plan, revision: int) -> None:
    found = planned.changes
    touched = {i: planned.entries[i] for i in (*found.created, *found.changed)}
    await store.write_entries(conn, touched, revision)
    await store.mark_told(conn, planned.news.documents.keys() - touched.keys(), revision)
    await store.delete_entries(conn, found.removed)
    in_force_again = any(i in BUILT_IN for i in found.removed)
    state = replace(state, revision=revision, written_revision=revision)
    if in_force_again:
        state = replace(state, defaults_revision=revision)
    await store.write_state(conn, state)
