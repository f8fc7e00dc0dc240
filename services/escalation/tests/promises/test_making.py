"""Whatever happens to an incident, a client has at most one word owed, and none after the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from escalation.incidents.rules import Incident, absorb
from escalation.promises.making import Heard, contacted, heard
from escalation.promises.state import Pledge
from hypothesis import example, given
from hypothesis import strategies as st
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot, IncidentUpdate
from tocsin_contracts.words import Kind, Promise, Severity, Status, Visibility
from tocsin_runtime.outbox import new_event

START = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
CLIENTS = ("acme", "beta", "gamma")


class Course:
    """Plays incident-api's part: a snapshot, an audience and what each client was promised."""

    def __init__(self, visibility: Visibility) -> None:
        self.now = START
        self.snapshot = IncidentSnapshot(
            id="i",
            ref="INC-1",
            sequence=0,
            title="Mail EU is down",
            severity=Severity.SEV1,
            status=Status.INVESTIGATING,
            visibility=visibility,
            routed=True,
            started_at=START,
            known_at=START,
        )
        self.clients: dict[str, datetime | None] = {}
        self.first: dict[str, datetime] = {}
        self.incident: Incident | None = None
        self.pledges: dict[Any, Pledge] = {}

    @property
    def published(self) -> bool:
        return self.snapshot.visibility is Visibility.PUBLISHED

    def joins(self, key: str) -> None:
        self.first.setdefault(key, self.now + timedelta(minutes=10))
        self.clients[key] = self.now + timedelta(minutes=30) if self.published else None

    def audience(self) -> Audience:
        clients = tuple(
            AudienceClient(
                client_key=key,
                client_revision=1,
                plan_key="gold",
                severity_entry=Severity.SEV1,
                systems=("mail-eu",),
                first_notice_due=self.first[key],
                next_update_due=due,
                because="uses Mail EU",
            )
            for key, due in self.clients.items()
        )
        return Audience(version=1, clients=clients)

    def moves(self, keys: tuple[str, ...]) -> dict[str, datetime]:
        due = self.now + timedelta(minutes=30)
        self.clients.update(dict.fromkeys(keys, due))
        return dict.fromkeys(keys, due)

    def say(self, fact: type[e.IncidentEvent], **given: Any) -> None:
        number = self.snapshot.sequence + 1
        self.snapshot = self.snapshot.model_copy(update={"sequence": number})
        data = fact(incident=self.snapshot, audience_version=1, actor="key:noc", **given)
        event: Event[Any] = new_event(
            data, source="incident-api", subject="i", now=self.now, sequence=number
        )
        self.incident = absorb(self.incident, event)
        after = heard(list(self.pledges.values()), Heard(event, self.incident.audience))
        self.pledges.update((one.key, one) for one in after)

    def update(self, _: str) -> None:
        moved = self.moves(tuple(self.clients)) if self.published else {}
        self._written(kind=Kind.UPDATE if self.published else None, next_update_due=moved)

    def note(self, _: str) -> None:
        self._written()

    def update_one(self, who: str) -> None:
        if self.published and who in self.clients:
            moved = self.moves((who,))
            self._written(kind=Kind.UPDATE, only_clients=(who,), next_update_due=moved)

    def join(self, who: str) -> None:
        if who in self.clients:
            return
        self.joins(who)
        kind = Kind.INITIAL if self.published else None
        self.say(e.AudienceChanged, audience=self.audience(), added=(who,), kind=kind)

    def leave(self, who: str) -> None:
        if who in self.clients:
            del self.clients[who], self.first[who]
            self.say(e.AudienceChanged, audience=self.audience(), removed=(who,))

    def promise_anew(self, _: str) -> None:
        """Another moment, and nobody is told of it."""
        if self.published:
            self.moves(tuple(self.clients))
            self.say(e.AudienceChanged, audience=self.audience())

    def publish(self, _: str) -> None:
        if self.published:
            return
        self.snapshot = self.snapshot.model_copy(update={"visibility": Visibility.PUBLISHED})
        self.moves(tuple(self.clients))
        self.say(e.IncidentPublished, audience=self.audience(), kind=Kind.INITIAL)

    def resolve(self, _: str) -> None:
        self._ends(Status.RESOLVED)
        due = dict.fromkeys(self.clients, self.now + timedelta(hours=48))
        kind = Kind.RESOLVED if self.published else None
        self.say(e.IncidentResolved, kind=kind, closure_due=due)

    def cancel(self, _: str) -> None:
        self._ends(Status.CANCELLED)
        self.say(e.IncidentCancelled, reason="A test.")

    def reopen(self, _: str) -> None:
        self._ends(Status.INVESTIGATING)
        kind = Kind.REOPENED if self.published else None
        moved = self.moves(tuple(self.clients)) if kind else {}
        times = {"reopened_at": self.now, "was_resolved_at": self.now}
        self.say(e.IncidentReopened, kind=kind, next_update_due=moved, **times)

    def ring(self, who: str) -> None:
        rung = contacted(self.pledges.values(), who, self.now)
        self.pledges.update((one.key, one) for one in rung)

    def _written(self, **given: Any) -> None:
        update = IncidentUpdate(id="u", message="New.", occurred_at=self.now)
        self.say(e.IncidentUpdated, update=update, **given)

    def _ends(self, status: Status) -> None:
        self.snapshot = self.snapshot.model_copy(update={"status": status})
        self.clients = dict.fromkeys(self.clients)


WHILE_OPEN = (
    "update",
    "note",
    "update_one",
    "join",
    "leave",
    "promise_anew",
    "publish",
    "resolve",
    "cancel",
)
ONCE_RESOLVED = ("reopen",)
ACTS = (*WHILE_OPEN, *ONCE_RESOLVED, "ring")


def possible(act: str, status: Status) -> bool:
    if act in WHILE_OPEN:
        return status.is_open
    return act not in ONCE_RESOLVED or status is Status.RESOLVED


acts = st.lists(
    st.tuples(st.sampled_from(ACTS), st.sampled_from(CLIENTS), st.integers(0, 90)), max_size=20
)


@given(acts, st.sampled_from(list(Visibility)))
@example([("resolve", "acme", 0), ("reopen", "acme", 0)], Visibility.PUBLISHED)
def test_one_word_at_a_time_is_owed_to_whoever_is_told(
    story: list[tuple[str, str, int]], visibility: Visibility
) -> None:
    course = Course(visibility)
    course.joins("acme")
    kind = Kind.INITIAL if course.published else None
    course.say(e.IncidentOpened, audience=course.audience(), kind=kind)
    for what, who, minutes in story:
        course.now += timedelta(minutes=minutes)
        if possible(what, course.snapshot.status):
            getattr(course, what)(who)
        _holds(course)


def _holds(course: Course) -> None:
    owed = [p for p in course.pledges.values() if p.unwritten and p.contact_at is None]
    by_client = [(p.client_key, p.promise) for p in owed]
    assert len(by_client) == len(set(by_client))
    assert {key for key, _ in by_client} <= set(course.clients)
    updates = {p.client_key: p.due_at for p in owed if p.promise is Promise.UPDATE}
    if course.snapshot.status.is_open:
        printed = {key: due for key, due in course.clients.items() if due is not None}
        rung = {p.client_key for p in course.pledges.values() if p.contact_at is not None}
        assert {k: d for k, d in printed.items() if k not in rung} == {
            k: d for k, d in updates.items() if k not in rung
        }
        assert not [p for p in owed if p.promise is Promise.CLOSURE]
    else:
        assert updates == {}
    current = [(p.client_key, p.promise) for p in course.pledges.values() if p.current]
    assert len(current) == len(set(current))
