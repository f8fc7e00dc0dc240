"""A plan that wants a person's yes: who is asked, how they answer, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.directory import Approval, NotifyRule
from tocsin_contracts.staff import AccountTeam, StaffMember
from tocsin_contracts.words import (
    Decision,
    Kind,
    OnNoAnswer,
    StaffRole,
)

from services.dispatcher.tests.facts import (
    START,
    address,
    opened,
)
from services.dispatcher.tests.minor import (
    IT_LEAD,
    gold_with,
    knows,
)
from services.dispatcher.tests.world import Sent, World

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
    minutes_before: int = 3,
) -> None:
    approval = Approval(
        kinds=kinds or (Kind.INITIAL,),
        on_no_answer=on_no_answer,
        minutes_before=Decimal(minutes_before),
    )
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
