"""ACME's plan wants a person's yes: who is asked, what they read, and what becomes of no answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.directory import (
    AccountTeam,
    Approval,
    NotifyRule,
    StaffMember,
)
from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import (
    Channel,
    Decision,
    DeliveryState,
    Kind,
    MaintenanceStatus,
    OnNoAnswer,
    Severity,
    StaffRole,
    Status,
)
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.facts import (
    START,
    address,
    audience,
    concerned,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    IT_LEAD,
    NIGHT,
    SATURDAY_SEVEN,
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    with_sms,
)
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration

DEADLINE = START + timedelta(minutes=7)
"""Three minutes before the promised first notice: 09:59 in Berlin."""
TEAM = {
    StaffRole.ACCOUNT_MANAGER: StaffMember(key="ann", name="Ann Weiss"),
    StaffRole.ESCALATION_MANAGER: StaffMember(key="eva", name="Eva Lang"),
}


async def wants_a_yes(
    world: World,
    *kinds: Kind,
    on_no_answer: OnNoAnswer = OnNoAnswer.SEND,
    team: dict[StaffRole, StaffMember] = TEAM,
    rule: NotifyRule = IT_LEAD,
) -> None:
    approval = Approval(kinds=kinds or (Kind.INITIAL,), on_no_answer=on_no_answer)
    staff = e.TeamChanged(
        revision=0, key="team-a", document=AccountTeam(key="team-a", members=team)
    )
    await knows(
        world,
        gold_with(rule, approval=approval),
        staff,
        people=[
            address("jo", email="jo@acme.example", phone="+49 30 23125207"),
            address("eva", None, email="eva@nordlicht.example"),
            address("noc", None, email="noc@nordlicht.example"),
        ],
    )


async def opens(world: World) -> None:
    await world.hears(opened(world.snapshot()))
    await world.deliver()


def to(world: World, person: str) -> list[Sent]:
    return [sent for sent in world.mails if sent.address.startswith(f"{person}@")]


async def asked(world: World) -> e.ApprovalRequested:
    """The newest request."""
    found: e.ApprovalRequested = (await world.published(e.ApprovalRequested))[-1]
    return found


async def answers(world: World, decision: Decision = Decision.APPROVE, **given: Any) -> None:
    request = await asked(world)
    values: dict[str, Any] = {
        "incident_id": request.incident_id,
        "approval_id": request.approval_id,
        "decision": decision,
        "content_sha256": request.content_sha256,
        "by": "Ann Weiss",
        "decided_at": world.clock.now(),
    }
    await world.hears(e.ApprovalDecided(**{**values, **given}))
    await world.deliver()


async def the_deadline_passes(world: World) -> None:
    world.clock.set(DEADLINE + timedelta(seconds=1))
    await world.core.timers.fire_due()
    await world.deliver()


async def ends(world: World) -> list[tuple[str, bool]]:
    return [(one.outcome, one.sent) for one in await world.published(e.ApprovalEnded)]


async def test_the_account_manager_reads_the_text_before_the_client_does(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)

    assert to(world, "jo") == []
    [request] = to(world, "ann")
    assert request.kind is Kind.APPROVAL_REQUEST
    assert request.message.subject.startswith("Approve by 09:59 CET: first notice to ACME GmbH")
    assert "https://tocsin.example/approve/" in request.message.text
    assert "Mail EU has been" in request.message.text
    event = await asked(world)
    assert (event.kind, event.people, event.decide_by) == (Kind.INITIAL, 1, DEADLINE)
    assert (event.approver, event.approver_name) == ("ann", "Ann Weiss")
    assert "Mail EU has been" in event.body
    [row] = await world.rows(person="jo")
    assert row["state"] == "waiting"
    assert row["reason"] == "waits for a yes of Ann Weiss until 09:59 CET"
    assert row["approval_id"] == event.approval_id


async def test_after_a_yes_it_goes_and_says_so(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await ends(world) == [("Ann Weiss approved it at 09:52 CET", True)]
    outcomes = [o for event in await world.published(e.OutcomesRecorded) for o in event.outcomes]
    mine = [o for o in outcomes if o.person == "jo"]
    assert [o.state for o in mine] == [DeliveryState.PENDING, DeliveryState.ACCEPTED]
    await the_deadline_passes(world)
    assert len(to(world, "jo")) == 1


async def test_what_ann_approved_is_what_jo_reads(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    event = await asked(world)
    await answers(world)

    [mail] = to(world, "jo")
    assert mail.message.subject == event.subject
    assert mail.message.text == event.body


async def test_a_yes_to_another_text_lets_nothing_go(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, content_sha256="0" * 64)

    assert to(world, "jo") == []
    assert await ends(world) == []


async def test_what_is_refused_never_goes(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, Decision.REFUSE, reason="names the wrong system")

    [row] = await world.rows(person="jo")
    assert row["state"] == "skipped"
    assert row["reason"] == "Ann Weiss refused it at 09:52 CET: names the wrong system"
    assert await ends(world) == [(row["reason"], False)]
    await the_deadline_passes(world)
    assert to(world, "jo") == []


async def test_a_second_answer_changes_nothing(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await answers(world, Decision.REFUSE)
    await answers(world, Decision.APPROVE)

    assert to(world, "jo") == []


async def test_without_an_answer_it_goes_as_it_is_where_the_plan_says_so(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.SEND)
    await opens(world)
    await the_deadline_passes(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await ends(world) == [("Ann Weiss did not answer by 09:59 CET: it goes as it is", True)]


async def test_without_an_answer_the_holding_notice_goes_and_the_first_notice_waits_on(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)

    [holding] = to(world, "jo")
    assert holding.kind is Kind.HOLDING_NOTICE
    assert "Next update by" in holding.message.text or "by 10:30 CET" in holding.message.text
    assert await ends(world) == []

    await answers(world)
    assert [sent.kind for sent in to(world, "jo")] == [Kind.HOLDING_NOTICE, Kind.INITIAL]
    thread = to(world, "jo")[1].message.thread
    assert thread.root_id == holding.message.thread.message_id


async def test_the_holding_notice_in_place_of_it_is_told_to_the_others(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)

    planned = [(one.kind, one.deliveries) for one in await world.published(e.NotificationPlanned)]
    [deliveries] = [rows for kind, rows in planned if kind is Kind.HOLDING_NOTICE]
    assert [(one.person, one.rules) for one in deliveries] == [("jo", (0,))]


async def test_who_has_a_holding_notice_gets_no_second_one(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await the_deadline_passes(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    world.clock.advance(minutes=30)
    await world.core.timers.fire_due()
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")] == [Kind.HOLDING_NOTICE]
    assert [sent.kind for sent in to(world, "eva")] == [Kind.STAFF_NOTE]


async def test_without_an_answer_the_escalation_manager_hears_and_can_still_say_yes(
    world: World,
) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    await the_deadline_passes(world)

    assert to(world, "jo") == []
    [note] = to(world, "eva")
    assert note.kind is Kind.STAFF_NOTE
    async with world.database.connection() as conn:
        notice = await conn.fetchval("SELECT notice FROM messages WHERE kind = 'staff_note'")
    assert notice["fact"] == (
        "Ann Weiss did not answer by 09:59 CET: the first notice to ACME GmbH about INC-2041 is"
        " not sent until somebody approves it."
    )
    assert "https://tocsin.example/approve/" in note.message.text
    await answers(world, by="Eva Lang")
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]


async def test_any_other_kind_goes_as_it_is_where_a_holding_notice_would_not_fit(
    world: World,
) -> None:
    await wants_a_yes(world, Kind.UPDATE, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    await opens(world)
    await world.hears(updated(world.snapshot()))
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert (await asked(world)).decide_by == START + timedelta(minutes=35)

    world.clock.set(START + timedelta(minutes=35))
    await world.core.timers.fire_due()
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL, Kind.UPDATE]


async def test_a_newer_text_voids_the_question_and_asks_afresh_with_all_there_is_to_say(
    world: World,
) -> None:
    await wants_a_yes(world)
    await opens(world)
    first = await asked(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    second = await asked(world)
    assert second.voids == first.approval_id
    assert second.content_sha256 != first.content_sha256
    assert second.kind is Kind.INITIAL
    assert await ends(world) == [("replaced by a newer initial", False)]
    await answers(world, approval_id=first.approval_id, content_sha256=first.content_sha256)
    assert to(world, "jo") == []

    await answers(world)
    [mail] = to(world, "jo")
    assert mail.kind is Kind.INITIAL
    assert "Mail EU has been" in mail.message.text
    assert "A controller has failed." in mail.message.text


async def test_each_further_text_keeps_what_the_ones_before_said(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.hears(updated(world.snapshot(), "Mail is being moved."))
    await answers(world)

    [mail] = to(world, "jo")
    assert "A controller has failed." in mail.message.text
    assert "Mail is being moved." in mail.message.text


async def test_a_question_that_was_not_sent_yet_is_not_asked_any_more(world: World) -> None:
    await wants_a_yes(world)
    await world.hears(opened(world.snapshot()))
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()

    assert len(to(world, "ann")) == 1
    states = [row["state"] for row in await world.rows(kind="approval_request")]
    assert states == ["skipped", "accepted"]


async def test_an_outage_over_before_the_yes_is_told_as_one_message_with_a_yes_of_its_own(
    world: World,
) -> None:
    await wants_a_yes(world)
    await opens(world)
    now = world.clock.advance(minutes=5)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    await world.deliver()
    assert to(world, "jo") == []
    assert (await asked(world)).kind is Kind.RESOLVED

    await answers(world)
    assert [sent.kind for sent in to(world, "jo")] == [Kind.RESOLVED]
    async with world.database.connection() as conn:
        notice = await conn.fetchval("SELECT notice FROM messages WHERE kind = 'resolved'")
    assert notice["initial_never_sent"] is True


async def test_kinds_that_the_plan_does_not_name_go_at_once(world: World) -> None:
    await wants_a_yes(world, Kind.CLOSURE)
    await opens(world)

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]
    assert await world.published(e.ApprovalRequested) == []


async def test_where_nobody_holds_the_role_the_noc_is_asked(world: World) -> None:
    await wants_a_yes(world, team={})
    await opens(world)

    assert [sent.kind for sent in to(world, "noc")] == [Kind.APPROVAL_REQUEST]
    assert (await asked(world)).approver == "noc"


async def test_a_promise_that_is_near_leaves_a_minute_to_read(world: World) -> None:
    await wants_a_yes(world)
    world.clock.set(START + timedelta(minutes=9))
    await opens(world)

    assert (await asked(world)).decide_by == world.clock.now() + timedelta(minutes=1)


async def test_a_client_that_is_concerned_no_more_needs_no_yes(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(client_key="other"), version=2),
            removed=("acme",),
        )
    )

    assert await ends(world) == [("no longer concerned by this incident", False)]


async def test_the_same_text_has_the_same_digest_in_every_process(world: World) -> None:
    await wants_a_yes(world)
    await opens(world)
    first = await asked(world)
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM deliveries")
        await conn.execute("DELETE FROM approvals")
        await conn.execute("DELETE FROM incidents")
    world.core = world.another_process()
    world._sequence = 0
    await opens(world)

    second = await asked(world)
    assert second.approval_id != first.approval_id
    assert second.content_sha256 == first.content_sha256


async def test_a_fallback_waits_for_the_yes_too_and_is_given_its_time_after_it(
    world: World,
) -> None:
    text = with_sms(world)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
    await wants_a_yes(world, rule=rule, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    world.clock.advance(minutes=20)
    await world.deliver()
    to_jo = [sent.kind for sent in text.sent if sent.address == "+49 30 23125207"]
    assert to_jo == []

    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    await answers(world)
    assert Kind.INITIAL not in [sent.kind for sent in text.sent]
    world.clock.advance(minutes=5, seconds=1)
    await world.deliver()
    assert [sent.kind for sent in text.sent][-1] is Kind.INITIAL


async def test_what_goes_at_night_waits_for_the_yes_first_and_for_the_morning_then(
    world: World,
) -> None:
    approval = Approval(kinds=(Kind.INITIAL,))
    await knows(world, gold_with(quiet_hours=NIGHT, approval=approval, group_minutes=0))
    world.clock.set(FRIDAY_LATE)
    minor = world.snapshot(severity=Severity.SEV3)
    calm = concerned(severity_entry=Severity.SEV3, first_notice_due=None)
    await world.hears(opened(minor, audience=audience(calm)))
    await answers(world)
    [row] = await world.rows(person="jo")
    assert row["state"] == "waiting"
    assert row["approval_id"] is None

    world.clock.set(SATURDAY_SEVEN)
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL]


async def test_planned_work_waits_for_a_yes_as_well(world: World) -> None:
    await wants_a_yes(world, Kind.MAINTENANCE_ANNOUNCED, on_no_answer=OnNoAnswer.HOLDING_NOTICE)
    starts = START + timedelta(hours=5)
    window = MaintenanceSnapshot(
        id="0193-window",
        ref="MNT-318",
        sequence=1,
        title="Replace a storage part",
        status=MaintenanceStatus.SCHEDULED,
        system_keys=("mail-eu",),
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
    )
    announced = e.MaintenanceAnnounced(
        window=window, audience=audience(), actor="key:noc", kind=Kind.MAINTENANCE_ANNOUNCED
    )
    async with world.database.transaction() as conn:
        event = new_event(
            announced, source="test", subject=window.id, now=world.clock.now(), sequence=1
        )
        await world.core.intake.incidents(conn, [event])
    await world.deliver()

    assert to(world, "jo") == []
    assert [sent.kind for sent in to(world, "ann")] == [Kind.APPROVAL_REQUEST]
    assert "MNT-318" in to(world, "ann")[0].message.text
    assert (await asked(world)).decide_by == starts - timedelta(minutes=3)
    world.clock.set(starts - timedelta(minutes=3))
    await world.core.timers.fire_due()
    await world.deliver()
    assert [sent.kind for sent in to(world, "jo")] == [Kind.MAINTENANCE_ANNOUNCED]


async def test_a_yes_to_what_was_lost_is_answered_with_what_became_of_it(world: World) -> None:
    """The database was built anew meanwhile."""
    await wants_a_yes(world)
    await opens(world)
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM approvals")
    await answers(world)

    assert to(world, "jo") == []
    assert await ends(world) == [("its message is not known any more; write it anew", False)]
