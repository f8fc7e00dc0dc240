"""The running example: storage behind Mail EU failed on 24 November 2026, 09:52 to 15:34 CET.

Two clients were concerned, ACME and Birch. Texts that no client may read hold :data:`CANARY`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from incident_api.directory.view import DirectoryView
from incident_api.incidents.closure import closure_of
from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.promises.model import Promised
from incident_api.reviews.facts import Facts, Missed, Told
from incident_api.timeline.feedback import Feedback
from incident_api.timeline.lines import Line
from tocsin_contracts.directory import Client, Contact, Provider, System, SystemUse
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import (
    ImpactLevel,
    Kind,
    Promise,
    PromiseState,
    Rating,
    Severity,
    Status,
    Visibility,
)

CANARY = "KANARIENVOGEL"


def at(clock: str, day: int = 24) -> datetime:
    """A moment of November 2026 by the clock in Berlin."""
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour) - 1, int(minute), tzinfo=UTC)


ACME = Client(
    key="acme",
    name="ACME GmbH",
    timezone="Europe/Berlin",
    locale="en",
    systems=(SystemUse(key="mail-eu", called="Mail EU"),),
    contacts=(Contact(key="jo", name="Jo Frei", roles=("it_lead",)),),
)
BIRCH = Client(
    key="birch",
    name="Birchwood Ltd",
    timezone="America/New_York",
    systems=(SystemUse(key="storage-eu", called="Archive"),),
    contacts=(Contact(key="robin", name="Robin Oak", roles=("it_lead",)),),
)
VIEW = DirectoryView(
    revision=7,
    provider=Provider(name="Nordlicht IT", timezone="Europe/Berlin", desk_phone="+49 30 23125 100"),
    systems={
        "mail-eu": System(key="mail-eu", name="Mail EU", depends_on=("storage-eu",)),
        "storage-eu": System(key="storage-eu", name="Storage EU"),
    },
    clients={"acme": ACME, "birch": BIRCH},
    teams={},
    plans={},
    policies={},
    revisions={},
)

INCIDENT = Incident(
    id="incident-1",
    ref="INC-2041",
    sequence=20,
    title=f"storage-eu-ctl-02 takeover refused {CANARY}",
    severity=Severity.SEV1,
    status=Status.CLOSED,
    visibility=Visibility.PUBLISHED,
    routed=True,
    started_at=at("9:52"),
    known_at=at("9:54"),
    description=f"Controller firmware 4.1 against 4.3. {CANARY}",
    impact="You could not send, receive or read mail.",
    impact_level=ImpactLevel.DOWN,
    system_keys=("storage-eu",),
    acknowledged_at=at("9:57"),
    acknowledged_by=f"key:noc-{CANARY}",
    resolved_at=at("15:34"),
    closed_at=at("10:00", 25),
    root_cause="A storage controller failed. Its backup should have taken over at once but refused,"
    " because its software was older.",
    audience_version=1,
)


def audience(client: Client, system: str) -> AudienceClient:
    return AudienceClient(
        client_key=client.key,
        client_revision=7,
        plan_key="gold",
        severity_entry=Severity.SEV1,
        systems=(system,),
        via=("storage-eu",),
        first_notice_due=at("10:04"),
        because=f"{client.name} uses {system}",
    )


class Story:
    """Gathers lines, updates and messages in the order they happened."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.updates: list[Update] = []
        self.told: list[Told] = []
        self.promised: list[Promised] = []

    def line(
        self, moment: datetime, word: str, text: str, *, actor: str = "key:noc", **data: Any
    ) -> str:
        event_id = f"event-{len(self.lines) + 1}"
        self.lines.append(
            Line(f"line-{event_id}", INCIDENT.id, 1, moment, word, actor, text, event_id, data)
        )
        return event_id

    def tells(self, cause: str, kind: Kind, moment: datetime, *clients: str) -> None:
        for client in clients:
            for channel in ("email", "sms") if kind is Kind.INITIAL else ("email",):
                there = moment + timedelta(seconds=20)
                self.told.append(Told(cause, kind, client, channel, "delivered", 2, there))

    def update(
        self, moment: datetime, message: str, *clients: str, kind: Kind | None, **more: Any
    ) -> None:
        cause = self.line(moment, "updated", message, internal_only=kind is None)
        self.updates.append(
            Update(
                id=f"update-{cause}",
                incident_id=INCIDENT.id,
                sequence=1,
                message=message,
                occurred_at=moment,
                created_at=moment,
                actor=f"key:{CANARY}",
                kind=kind,
                internal_only=kind is None,
                event_id=cause,
                **more,
            )
        )
        if kind is not None:
            self.tells(cause, kind, moment, *clients)

    def promise(
        self, what: Promise, due: datetime, done: datetime, *clients: str, **more: Any
    ) -> None:
        late = done > due
        for client in clients:
            self.promised.append(
                Promised(
                    incident_id=INCIDENT.id,
                    client_key=client,
                    promise=what,
                    due_at=due,
                    state=PromiseState.BREACHED if late else PromiseState.KEPT,
                    changed_at=done,
                    done_at=done,
                    reason=f"no update was written in time {CANARY}" if late else None,
                    every_minutes=30 if what is Promise.UPDATE else None,
                    **more,
                )
            )


BOTH = ("acme", "birch")
CLOSING: dict[str, Any] = {
    "root_cause": INCIDENT.root_cause,
    "steps_taken": "- We moved all mailboxes to other storage.\n"
    "- We offered a temporary mailbox from 12:00.\n"
    "- We delivered the kept mail by 16:48.",
    "prevention": [
        {"what": "Software on every backup controller brought level", "due": "done"},
        {"what": "Take-over tested every month", "who": "Eva Lang", "due": "2026-12-01"},
        {"what": "Failed controller replaced, announced separately", "due": "2026-12-05"},
    ],
    "per_client": {
        "acme": "Your 37 returned messages were sent again on 25 November.",
        "birch": "Birchwood's archive was checked file by file.",
    },
    "follow_up": {
        "starts_at": "2026-11-30T13:00:00Z",
        "duration_minutes": 30,
        "location": "https://meet.nordlicht.example/mail",
        "organizer_email": "ann@nordlicht.example",
        "sequence": 0,
    },
}


def outage() -> Facts:
    story = Story()
    opened = story.line(at("9:54"), "opened", "alertmanager: sev1, 2 clients are told.")
    story.tells(opened, Kind.INITIAL, at("9:59"), *BOTH)
    story.line(at("9:57"), "acknowledged", f"Acknowledged: {CANARY} has it")
    story.update(at("10:02"), f"Vendor case opened, {CANARY} is on the phone.", kind=None)
    story.update(
        at("10:28"),
        "We have found the cause: a storage controller has failed. Mail EU is being moved to backup"
        " storage, mailbox by mailbox.",
        *BOTH,
        kind=Kind.UPDATE,
        status=Status.IDENTIFIED,
        eta=at("14:00"),
        progress="Copying runs at about 200 mailboxes an hour.",
    )
    story.update(at("10:58"), "The move goes on.", *BOTH, kind=Kind.NO_NEWS)
    story.update(
        at("11:40"),
        "We now expect it later: copying is slower than our first measurement.",
        *BOTH,
        kind=Kind.ETA_CHANGE,
        eta=at("16:00"),
    )
    story.update(
        at("12:00"),
        "You can send and receive mail again in a temporary mailbox.",
        "acme",
        kind=Kind.WORKAROUND,
        client_keys=("acme",),
        workaround="1. Open https://tempmail.nordlicht.example\n2. Sign in as usual",
    )
    story.update(
        at("12:10"),
        "Your archive can be read but not written.",
        "birch",
        kind=Kind.UPDATE,
        client_keys=("birch",),
    )
    corrected = story.line(
        at("12:34"),
        "corrected",
        "Corrected.",
        right="37 messages went back to their senders.",
        wrong="Mail sent to you is kept and will be delivered later.",
    )
    story.tells(corrected, Kind.CORRECTION, at("12:34"), "acme")
    story.update(
        at("14:20"),
        "Mail EU is working again as far as we can see.",
        *BOTH,
        kind=Kind.UPDATE,
        status=Status.MONITORING,
        watch_until=at("15:30"),
    )
    resolved = story.line(
        at("15:36"),
        "resolved",
        "Resolved: mail kept for you is arriving now.",
        message="Mail kept for you is arriving now; the last of it will be there by 17:00.",
        checks="restart Outlook if it shows *disconnected*",
        resolved_at=at("15:34").isoformat(),
    )
    story.tells(resolved, Kind.RESOLVED, at("15:36"), *BOTH)
    closed = story.line(at("10:00", 25), "closed", "Closed.", **CLOSING)
    story.tells(closed, Kind.CLOSURE, at("10:00", 25), *BOTH)
    story.line(
        at("11:00", 25),
        "review_published",
        "Review published.",
        revision=1,
        summary="A storage controller and its backup failed together; mail was out for 5 hours 42"
        " minutes; from December we test the take-over every month.",
    )
    story.promise(Promise.FIRST_NOTICE, at("10:04"), at("10:00"), *BOTH)
    story.promise(Promise.UPDATE, at("10:30"), at("10:28"), *BOTH)
    story.promise(Promise.UPDATE, at("11:00"), at("10:58"), *BOTH)
    story.promise(Promise.UPDATE, at("11:30"), at("11:40"), *BOTH)
    story.promise(Promise.UPDATE, at("12:30"), at("12:34"), "acme")
    story.promise(Promise.CLOSURE, at("18:00", 26), at("10:01", 25), *BOTH)
    return Facts(
        incident=INCIDENT,
        audience=(audience(ACME, "mail-eu"), audience(BIRCH, "storage-eu")),
        view=VIEW,
        now=at("11:05", 25),
        lines=tuple(story.lines),
        updates=tuple(story.updates),
        told=tuple(story.told),
        promised=tuple(story.promised),
        closure=closure_of(story.lines),
        missed=(
            Missed("birch", "Robin Oak", "sms", "initial", "failed", "no such number", at("9:59")),
        ),
        feedback=(
            Feedback(INCIDENT.id, "acme", "jo", Rating.GOOD, "Clear and on time.", at("9:00", 26)),
            Feedback(
                INCIDENT.id, "birch", "robin", Rating.POOR, "The archive came last.", at("9:30", 26)
            ),
        ),
    )


def said(client: str, person: str, rating: Rating, text: str) -> Feedback:
    return Feedback(INCIDENT.id, client, person, rating, text, at("9:00", 26))


@dataclass(frozen=True)
class Example:
    """All that is known of the outage, and both clients; ``canary`` stands in what is internal."""

    facts: Facts
    acme: Client = ACME
    birch: Client = BIRCH
    canary: str = CANARY


@pytest.fixture
def example() -> Example:
    return Example(outage())
