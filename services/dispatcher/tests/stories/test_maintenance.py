"""Planned work from its announcement to its end, as the mailbox sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Rejected
from icalendar import Calendar
from tocsin_contracts import events as e
from tocsin_contracts.directory import CommunicationPlan, NotifyRule, QuietHours
from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import Channel, Kind, MaintenanceOutcome, MaintenanceStatus, Severity

from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    audience,
    concerned,
    entry,
    jo,
    mail_eu,
    mia,
    opened,
    provider,
    team,
)
from services.dispatcher.tests.minor import SMS_AFTER_FIVE, with_sms
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration

STARTS = datetime(2026, 12, 5, 21, 0, tzinfo=UTC)
ENDS = STARTS + timedelta(hours=3)
WEEK = timedelta(days=7)
WINDOW = "0193-window"


@dataclass
class Work:
    """Plays incident-api: each method is an event of one window."""

    world: World
    client: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    sequence: int = 0

    def snapshot(self, **given: Any) -> MaintenanceSnapshot:
        self.sequence += 1
        self.state |= given
        values: dict[str, Any] = {
            "id": WINDOW,
            "ref": "MNT-318",
            "sequence": self.sequence,
            "title": "Replace a part",
            "status": MaintenanceStatus.SCHEDULED,
            "system_keys": ("mail-eu",),
            "starts_at": STARTS,
            "ends_at": ENDS,
            "impact": "Mail EU is unavailable for up to 20 minutes within this time.",
        }
        return MaintenanceSnapshot(**{**values, **self.state})

    def _common(self, kind: Kind | None, **state: Any) -> dict[str, Any]:
        client = concerned(**{"first_notice_due": None, "next_update_due": None, **self.client})
        return {
            "window": self.snapshot(**state),
            "audience": audience(client),
            "actor": "key:noc",
            "kind": kind,
        }

    async def announced(self, **given: Any) -> None:
        await self.says(e.MaintenanceAnnounced, Kind.MAINTENANCE_ANNOUNCED, **given)

    async def moved(self, by: timedelta = WEEK, reason: str | None = None) -> None:
        before = self.state.get("starts_at", STARTS)
        number = self.state.get("calendar_sequence", 0) + 1
        common = self._common(
            Kind.MAINTENANCE_RESCHEDULED,
            starts_at=before + by,
            ends_at=before + by + timedelta(hours=3),
            calendar_sequence=number,
        )
        await self.world.hears(
            e.MaintenanceRescheduled(
                **common,
                starts_before=before,
                ends_before=before + timedelta(hours=3),
                reason=reason,
            )
        )

    async def cancelled(self, reason: str | None = None) -> None:
        number = self.state.get("calendar_sequence", 0) + 1
        common = self._common(
            Kind.MAINTENANCE_CANCELLED,
            status=MaintenanceStatus.CANCELLED,
            calendar_sequence=number,
        )
        await self.world.hears(e.MaintenanceCancelled(**common, reason=reason))

    async def reminds(self) -> None:
        common = self._common(Kind.MAINTENANCE_REMINDER)
        await self.world.hears(e.MaintenanceReminderDue(**common, hours_before=24))

    async def started(self) -> None:
        await self.says(
            e.MaintenanceStarted,
            Kind.MAINTENANCE_STARTED,
            status=MaintenanceStatus.IN_PROGRESS,
            started_at=STARTS,
        )

    async def overruns(self) -> None:
        common = self._common(Kind.MAINTENANCE_ENDED, overrun=True)
        await self.world.hears(e.MaintenanceOverrun(**common, ends_before=ENDS))

    async def ended(self, message: str | None = None) -> None:
        common = self._common(
            Kind.MAINTENANCE_ENDED,
            status=MaintenanceStatus.COMPLETED,
            overrun=False,
            ended_at=ENDS,
            outcome=MaintenanceOutcome.DONE,
        )
        await self.world.hears(e.MaintenanceEnded(**common, message=message))

    async def says(self, data: type[e.MaintenanceEvent], kind: Kind | None, **state: Any) -> None:
        await self.world.hears(data(**self._common(kind, **state)))


@pytest.fixture
def work(world: World) -> Work:
    return Work(world)


def invite(sent: Sent) -> Any:
    """The entry that a mail puts into its reader's calendar."""
    assert sent.message.calendar is not None
    calendar = Calendar.from_ical(sent.message.calendar.text)
    assert calendar["METHOD"] == sent.message.calendar.method
    (event,) = calendar.walk("VEVENT")
    return event


def to_jo(world: World) -> list[Sent]:
    return [sent for sent in world.mails if sent.address == "jo@acme.example"]


def plan(**given: Any) -> e.PlanChanged:
    document = CommunicationPlan(
        key="gold", severities={severity: entry() for severity in Severity}, **given
    )
    return e.PlanChanged(revision=0, key="gold", document=document)


async def test_from_the_announcement_to_the_end_it_is_one_thread(world: World, work: Work) -> None:
    await world.knows_acme()
    for step in (work.announced, work.reminds, work.started, work.overruns, work.ended):
        await step()
        await world.deliver()
        world.clock.advance(hours=1)

    mails = to_jo(world)
    assert [sent.kind for sent in mails] == [
        Kind.MAINTENANCE_ANNOUNCED,
        Kind.MAINTENANCE_REMINDER,
        Kind.MAINTENANCE_STARTED,
        Kind.MAINTENANCE_ENDED,
        Kind.MAINTENANCE_ENDED,
    ]
    first = mails[0].message
    assert first.subject == "Mail EU: planned maintenance [MNT-318]"
    for later in mails[1:]:
        assert later.message.thread.root_id == first.thread.message_id
        assert later.message.thread.subject == first.subject
    assert "from Saturday 5 December, 22:00 to Sunday 6 December, 01:00 CET" in first.text
    assert "takes longer" in mails[3].message.text
    assert {row["state"] for row in await world.rows()} == {"accepted"}


async def test_the_announcement_puts_an_entry_into_the_readers_own_calendar(
    world: World, work: Work
) -> None:
    await world.knows(
        provider(),
        mail_eu(),
        plan(),
        team(),
        acme(jo(timezone="America/New_York"), mia()),
        people=addresses(),
    )
    await work.announced()
    await world.deliver()

    entries = {sent.address: invite(sent) for sent in world.mails}
    mine = entries["jo@acme.example"]
    assert mine["ATTENDEE"] == "mailto:jo@acme.example"
    assert mine["DTSTART"].params["TZID"] == "America/New_York"
    assert entries["mia@acme.example"]["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert mine["DTSTART"].dt.astimezone(UTC) == STARTS
    assert mine["SUMMARY"] == "Mail EU: planned maintenance [MNT-318]"
    assert str(mine["X-MAINTNOTE-MAINTENANCE-ID"]) == "MNT-318"
    assert mine["ORGANIZER"] == "mailto:status@nordlicht.example"


async def test_moved_it_names_both_times_and_moves_the_same_entry(world: World, work: Work) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await work.moved(reason="A part arrives later than ordered.")
    await world.deliver()

    first, moved = to_jo(world)
    assert moved.kind is Kind.MAINTENANCE_RESCHEDULED
    assert "Saturday 5 December, 22:00" in moved.message.text
    assert "Saturday 12 December, 22:00" in moved.message.text
    assert "A part arrives later than ordered." in moved.message.text
    assert invite(moved)["UID"] == invite(first)["UID"]
    assert (invite(first)["SEQUENCE"], invite(moved)["SEQUENCE"]) == (0, 1)
    assert invite(moved)["DTSTART"].dt.astimezone(UTC) == STARTS + WEEK


async def test_cancelled_it_takes_the_entry_out(world: World, work: Work) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await work.cancelled("The part passed its test.")
    await world.deliver()

    cancelled = to_jo(world)[-1]
    assert cancelled.kind is Kind.MAINTENANCE_CANCELLED
    assert "The part passed its test." in cancelled.message.text
    entry = invite(cancelled)
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)
    assert cancelled.message.calendar is not None
    assert cancelled.message.calendar.method == "CANCEL"


async def test_who_hears_is_said_by_the_plans_own_rules(world: World, work: Work) -> None:
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,))
    await world.knows(
        provider(), mail_eu(), plan(maintenance=(rule,)), team(), acme(), people=addresses()
    )
    await work.announced()
    await world.deliver()
    assert [sent.address for sent in world.mails] == ["jo@acme.example"]


async def test_a_plan_whose_rules_are_empty_tells_nobody(world: World, work: Work) -> None:
    await world.knows(
        provider(), mail_eu(), plan(maintenance=()), team(), acme(), people=addresses()
    )
    await work.announced()
    await world.deliver()
    assert world.mails == []


async def test_the_rest_of_the_chain_hears_of_it_under_the_windows_id(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    [planned] = await world.published(e.NotificationPlanned)
    assert (planned.incident_id, planned.kind) == (WINDOW, Kind.MAINTENANCE_ANNOUNCED)
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    assert {o.state for o in outcomes} == {"accepted"}


async def test_moved_before_anybody_read_of_it_it_is_simply_announced(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await work.moved()
    await world.deliver()
    (only,) = to_jo(world)
    assert only.kind is Kind.MAINTENANCE_ANNOUNCED
    assert "12 December" in only.message.text
    assert "5 December" not in only.message.text
    assert invite(only)["SEQUENCE"] == 1


async def test_moved_twice_the_time_that_was_read_last_is_the_old_one(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await work.moved(reason="A part arrives later.")
    await work.moved()
    await world.deliver()
    _, moved = to_jo(world)
    assert "Saturday 5 December, 22:00" in moved.message.text
    assert "Saturday 19 December, 22:00" in moved.message.text
    assert "A part arrives later." in moved.message.text
    assert "12 December" not in moved.message.text


async def test_moved_and_moved_back_before_anybody_read_of_it_is_no_news(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await work.moved()
    await work.moved(-WEEK)
    await world.deliver()
    assert [sent.kind for sent in to_jo(world)] == [Kind.MAINTENANCE_ANNOUNCED]
    reasons = {row["reason"] for row in await world.rows(state="skipped")}
    assert reasons == {"it was moved and moved back before anybody read of it"}


async def test_cancelled_before_anybody_read_of_it_nothing_is_said(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await work.cancelled()
    await world.deliver()
    assert world.mails == []
    reasons = {row["reason"] for row in await world.rows(state="skipped")}
    assert reasons == {"nothing of this work was told here before, and it is over"}


async def test_where_there_is_nothing_to_say_nothing_stands_in_for_it(
    world: World, work: Work
) -> None:
    sms = with_sms(world)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
    phone = address("jo", email="jo@acme.example", phone="+49 30 23125207")
    people = [*addresses(), phone]
    await world.knows(
        provider(), mail_eu(), plan(maintenance=(rule,)), team(), acme(), people=people
    )
    await work.announced()
    await work.cancelled()
    await world.deliver()
    world.clock.advance(minutes=10)
    await world.deliver()
    assert (world.mails, sms.sent) == ([], [])


async def test_a_client_that_joins_late_reads_the_reminder_as_an_announcement(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.reminds()
    await world.deliver()
    first = to_jo(world)[0]
    assert first.kind is Kind.MAINTENANCE_ANNOUNCED
    assert invite(first)["SEQUENCE"] == 0


async def test_whoever_holds_the_role_now_hears_on_and_the_one_who_left_does_not(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await world.knows(acme(mia(roles=("it_lead", "ceo"))))
    await work.started()
    await world.deliver()
    started = [sent.address for sent in world.mails if sent.kind is Kind.MAINTENANCE_STARTED]
    assert started == ["mia@acme.example"]


async def test_who_was_told_once_is_told_to_the_end_though_the_plan_changed(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    await work.announced()
    await world.deliver()
    await world.knows(plan(maintenance=()))
    await work.cancelled()
    await world.deliver()
    assert [sent.kind for sent in to_jo(world)][-1] is Kind.MAINTENANCE_CANCELLED


async def test_it_waits_for_the_end_of_quiet_hours_and_says_what_is_true_by_then(
    world: World, work: Work
) -> None:
    """The work starts and ends at night: in the morning its end is all there is to say."""
    quiet = QuietHours(start="21:00", end="07:00")
    await world.knows(
        provider(), mail_eu(), plan(quiet_hours=quiet), team(), acme(), people=addresses()
    )
    await work.announced()
    await world.deliver()
    world.clock.set(STARTS)
    await work.started()
    await world.deliver()
    assert [sent.kind for sent in to_jo(world)] == [Kind.MAINTENANCE_ANNOUNCED]
    world.clock.set(ENDS)
    await work.ended()
    await world.deliver()
    world.clock.set(datetime(2026, 12, 6, 6, 0, tzinfo=UTC))
    await world.deliver()
    assert [sent.kind for sent in to_jo(world)] == [
        Kind.MAINTENANCE_ANNOUNCED,
        Kind.MAINTENANCE_ENDED,
    ]


async def test_an_older_event_changes_nothing(world: World, work: Work) -> None:
    await world.knows_acme()
    late = e.MaintenanceReminderDue(**work._common(Kind.MAINTENANCE_REMINDER), hours_before=24)
    await work.announced()
    await work.cancelled()
    await world.hears(late)
    await world.deliver()
    assert world.mails == []


async def test_an_event_too_old_tells_nobody(world: World, work: Work) -> None:
    await world.knows_acme()
    data = e.MaintenanceAnnounced(**work._common(Kind.MAINTENANCE_ANNOUNCED))
    await world.hears(data, at=world.clock.now() - timedelta(hours=25))
    await world.deliver()
    assert world.mails == []
    assert {row["reason"] for row in await world.rows()} == {
        "stale: the event is too old to tell anybody of"
    }


async def test_a_client_whose_directory_is_behind_waits_alone_and_in_order(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    work.client = {"client_revision": 2}
    await work.announced()
    await work.moved()
    await world.deliver()
    assert world.mails == []
    await world.knows(acme(jo(), mia()))
    await world.core.releaser.release()
    await world.deliver()
    (only,) = to_jo(world)
    assert only.kind is Kind.MAINTENANCE_ANNOUNCED
    assert "12 December" in only.message.text


async def test_released_by_hand_it_is_told_as_the_directory_is(world: World, work: Work) -> None:
    await world.knows_acme()
    work.client = {"client_revision": 9}
    await work.announced()
    released = e.ClientReleased(incident_id=WINDOW, client_key="acme", actor="key:noc")
    await world.hears(released)
    await world.deliver()
    assert len(to_jo(world)) == 1


async def test_a_client_that_is_gone_shows_as_a_row_not_told(world: World, work: Work) -> None:
    await world.knows(provider(), mail_eu(), plan(), team())
    await work.announced()
    (row,) = await world.rows()
    assert (row["state"], row["reason"]) == (
        "skipped",
        "the client acme is not in the directory (any more)",
    )


async def test_an_outage_beside_it_has_its_own_thread(world: World, work: Work) -> None:
    await world.knows_acme()
    await work.announced()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    subjects = {sent.message.subject for sent in to_jo(world)}
    assert len(subjects) == 2
    assert all(sent.message.thread.root_id is None for sent in to_jo(world))


async def test_an_address_that_refuses_the_first_word_roots_no_thread(
    world: World, work: Work
) -> None:
    await world.knows_acme()
    email = world.channels[Channel.EMAIL]
    email.answer = lambda message, to: Rejected("no such mailbox")
    await work.announced()
    await world.deliver()
    email.answer = None
    await work.cancelled()
    await world.deliver()
    assert {row["state"] for row in await world.rows(kind="maintenance_cancelled")} == {"skipped"}


async def test_nobody_else_hears_of_it(world: World, work: Work) -> None:
    await world.knows_acme()
    await world.knows(acme(jo(key="eve"), key="birch", name="Birch"))
    await work.announced()
    await world.deliver()
    assert {row["client_key"] for row in await world.rows()} == {"acme"}
