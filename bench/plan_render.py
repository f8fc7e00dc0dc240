"""Planning and rendering one outage's messages: no stack, and the seconds of one core.

Every client is another text: its name, its systems' names, its language and clock. Within a client
people share one, but for one who reads another language.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import process_time

from dispatcher.channels.message import Thread
from dispatcher.directory.view import STAFF, Person, View
from dispatcher.intake.batch import Batch
from dispatcher.intake.handlers import handle
from dispatcher.planning.clients import Terms
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery
from dispatcher.rendering.render import Renderer
from dispatcher.rendering.templates import compile_all
from tocsin_contracts import events as e
from tocsin_contracts.directory import (
    Addresses,
    Client,
    CommunicationPlan,
    Contact,
    NotifyRule,
    Provider,
    SeverityEntry,
    System,
    SystemUse,
)
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot
from tocsin_contracts.staff import AccountTeam, StaffMember
from tocsin_contracts.words import (
    Channel,
    ImpactLevel,
    Kind,
    Severity,
    StaffRole,
    Status,
    Visibility,
)
from tocsin_runtime.garbage import collect_rarely
from tocsin_runtime.outbox import new_event

CLIENTS, PEOPLE = 500, 10
AIM_SECONDS = 2.0
NOW = datetime(2026, 11, 24, 8, 58, tzinfo=UTC)
READERS = (
    ("en", "Europe/London"),
    ("de", "Europe/Berlin"),
    ("fr", "Europe/Paris"),
    ("es", "America/Mexico_City"),
)
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.SLACK)


def run() -> bool:
    compile_all()
    view = _directory()
    collect_rarely()
    began = process_time()
    rows = _planned(view)
    planned = process_time()
    renderer = Renderer()
    seconds = dict.fromkeys(CHANNELS, 0.0)
    letters = 0
    for row in rows:
        before = process_time()
        letters += len(_rendered(renderer, row))
        seconds[row.target.channel] += process_time() - before
    spent = process_time() - began
    _report(rows, planned - began, seconds, letters)
    print(
        f"plan_render  {spent:.2f} s, {spent / AIM_SECONDS:.2f} of the {AIM_SECONDS:g} s aimed at"
    )
    return spent <= AIM_SECONDS


def _report(
    rows: list[Delivery], planning: float, seconds: dict[Channel, float], letters: int
) -> None:
    texts = len({(r.message.id, r.target.channel, r.target.reader.locale) for r in rows})
    print(f"plan_render  {len(rows)} messages, {texts} texts, {letters / 1e6:.1f} million letters")
    print(f"plan_render  planning {planning:.2f} s")
    for channel, spent in seconds.items():
        count = sum(row.target.channel is channel for row in rows)
        print(f"plan_render  {channel.value} {spent:.2f} s for {count}")


def _planned(view: View) -> list[Delivery]:
    terms = Terms(now=NOW, channels=CHANNELS, tells_since=NOW - timedelta(hours=1))
    batch = Batch(terms=terms, view=view, known={}, ledger=Ledger(), lanes={})
    event = new_event(_opened(), source="bench", subject="inc", now=NOW, sequence=1)
    handle(batch, event)
    return batch.ledger.new_rows()


def _rendered(renderer: Renderer, row: Delivery) -> str:
    thread = Thread(message_id=row.id)
    message = renderer.render(row.message.notice, row.target.reader, row.target.channel, thread)
    return message.html or message.text


def _opened() -> e.IncidentOpened:
    incident = IncidentSnapshot(
        id="inc",
        ref="INC-2041",
        sequence=1,
        title="Mail is down",
        severity=Severity.SEV1,
        status=Status.INVESTIGATING,
        visibility=Visibility.PUBLISHED,
        routed=True,
        impact="You cannot send, receive or read **mail**.",
        impact_level=ImpactLevel.DOWN,
        first_steps="Our engineers are checking the failed system.",
        system_keys=("mail",),
        started_at=NOW - timedelta(minutes=6),
        known_at=NOW - timedelta(minutes=5),
        acknowledged_at=NOW,
    )
    audience = Audience(version=1, clients=tuple(map(_concerned, range(CLIENTS))))
    return e.IncidentOpened(
        incident=incident,
        audience_version=1,
        actor="key:noc",
        kind=Kind.INITIAL,
        audience=audience,
    )


def _concerned(number: int) -> AudienceClient:
    return AudienceClient(
        client_key=f"c{number}",
        client_revision=1,
        plan_key="gold",
        severity_entry=Severity.SEV1,
        systems=("mail",),
        via=("storage",),
        first_notice_due=NOW + timedelta(minutes=4),
        next_update_due=NOW + timedelta(minutes=32),
        because=f"Client {number} uses Mail",
    )


def _directory() -> View:
    rules = tuple(NotifyRule(roles=(channel.value,), channels=(channel,)) for channel in CHANNELS)
    entry = SeverityEntry(
        notify=rules,
        update_every_minutes=Decimal(30),
        first_notice_within_minutes=Decimal(10),
    )
    plan = CommunicationPlan(key="gold", severities=dict.fromkeys(Severity, entry))
    ann = StaffMember(key="ann", name="Ann Weiss")
    team = AccountTeam(key="team", members={StaffRole.ACCOUNT_MANAGER: ann})
    return View(
        revision=1,
        provider=Provider(
            name="Nordlicht IT", timezone="Europe/Berlin", desk_phone="+49 30 23125 100"
        ),
        clients={f"c{number}": _client(number) for number in range(CLIENTS)},
        teams={"team": team},
        plans={"gold": plan},
        systems={
            "mail": System(key="mail", name="Mail", depends_on=("storage",)),
            "storage": System(key="storage", name="Storage"),
        },
        people={
            (STAFF, "ann"): _person("ann"),
            **{
                (f"c{number}", f"p{place}"): _person(f"p{place}-{number}")
                for number in range(CLIENTS)
                for place in range(PEOPLE)
            },
        },
    )


def _client(number: int) -> Client:
    locale, zone = READERS[number % len(READERS)]
    return Client(
        key=f"c{number}",
        name=f"Client {number} GmbH",
        timezone=zone,
        locale=locale,
        systems=(SystemUse(key="mail", called=f"Mail {number}"),),
        account_team="team",
        communication_plan="gold",
        contacts=tuple(_contact(number, place) for place in range(PEOPLE)),
    )


def _contact(number: int, place: int) -> Contact:
    """Six by mail, two by SMS, two by Slack; the first reads another language."""
    channel = Channel.EMAIL if place < 6 else Channel.SMS if place < 8 else Channel.SLACK
    other = READERS[(number + 1) % len(READERS)][0]
    return Contact(
        key=f"p{place}",
        name=f"Person {place}",
        roles=(channel.value,),
        locale=other if place == 0 else None,
    )


def _person(key: str) -> Person:
    addresses = Addresses(email=f"{key}@example.com", phone="+4930", slack=f"C{key}")
    labels = {channel: f"{channel.value}:{key}" for channel in CHANNELS}
    return Person(key, key, 1, addresses, labels)


if __name__ == "__main__":
    run()
