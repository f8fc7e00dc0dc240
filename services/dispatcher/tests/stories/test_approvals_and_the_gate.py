"""A message that needs a yes, and whatever else may hold it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.directory import Approval, NotifyRule
from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import (
    Channel,
    Kind,
    MaintenanceStatus,
    OnNoAnswer,
    Severity,
    Status,
)
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.approving import (
    answers,
    asked,
    opens,
    to,
    wants_a_yes,
)
from services.dispatcher.tests.facts import (
    START,
    audience,
    closed,
    concerned,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    NIGHT,
    SATURDAY_SEVEN,
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    minor,
    with_sms,
)
from services.dispatcher.tests.minor import opens as opens_minor
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


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


async def test_what_has_its_yes_goes_word_for_word_and_in_no_digest(world: World) -> None:
    """A digest would say the newest state, to which nobody has said yes."""
    approval = Approval(kinds=(Kind.INITIAL, Kind.UPDATE))
    await knows(world, gold_with(approval=approval, group_minutes=10, quiet_hours=NIGHT))
    world.clock.set(FRIDAY_LATE)
    for number in (1, 2):
        await opens_minor(world, number)
        await answers(world)
    unapproved = minor(world, 2, impact="Somebody pulled the wrong cable.")
    await world.hears(updated(unapproved, "Somebody pulled the wrong cable."))

    world.clock.set(SATURDAY_SEVEN)
    await world.deliver()

    assert [sent.kind for sent in to(world, "jo")] == [Kind.INITIAL, Kind.INITIAL]
    assert not any("cable" in sent.message.text for sent in to(world, "jo"))


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


async def test_what_comes_after_the_end_waits_until_the_end_was_agreed_to(world: World) -> None:
    await wants_a_yes(world, on_no_answer=OnNoAnswer.ALERT)
    await opens(world)
    now = world.clock.advance(minutes=5)
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))
    over = world.snapshot(status=Status.CLOSED, resolved_at=now, closed_at=now)
    await world.hears(closed(over))
    world.clock.advance(hours=30)
    await world.deliver()
    assert to(world, "jo") == []

    await answers(world)
    await world.deliver()

    kinds = [sent.kind for sent in to(world, "jo")]
    assert kinds == [Kind.RESOLVED, Kind.CLOSURE, Kind.FEEDBACK_REQUEST]
