"""Messages to the provider's own people: who is called, on what, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import STAFF, View
from dispatcher.gating.model import Step
from dispatcher.planning.clients import STALE, Terms, is_stale
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.model import (
    Delivery,
    Message,
    Target,
    Told,
    message_of,
    thread_of,
    urgency_of,
)
from dispatcher.planning.staff_notice import Matter, staff_notice
from dispatcher.planning.words import OPERATOR, role_words
from dispatcher.rendering.notice import Reader

LAST_RESORTS = ("last-resort", "noc")
WRITTEN = (Channel.EMAIL, Channel.SLACK)
"""Where staff hear of what no step names channels for."""

MAY_BE_MOOT = frozenset({Kind.ESCALATION_EXHAUSTED, Kind.UPDATE_OVERDUE})
"""What the gate asks about once more when it goes, beside what asks somebody to decide."""


@dataclass
class Call:
    """Somebody to reach. ``channels`` empty: where they were reached before, else in writing; for
    what asks nothing of them no telephone rings.

    ``decides``: this person is asked to act, and gets the link for it. ``stands_in_for`` names the
    colleague who is away.
    """

    person: str
    name: str
    because: str
    roles: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    decides: bool = False
    stands_in_for: str | None = None


def plan_staff(
    ledger: Ledger,
    view: View,
    terms: Terms,
    matter: Matter,
    calls: Sequence[Call],
    dropped: str | None = None,
) -> None:
    """Add the rows of one escalation event to ``ledger``; ``dropped`` says why it is not wanted any
    more, and shows instead of the calls."""
    incident = matter.event.data.incident
    known = ledger.incident(incident.id)
    notice = staff_notice(uuid7(), matter, view, known)
    message = message_of(notice, matter.event, None)
    instead = dropped or (STALE if is_stale(matter.event.time, terms) else None)
    rows = [
        _delivery(message, target, matter, decides=decides, reason=instead or target.skip)
        for target, decides in staff_targets(view, calls, known, terms.channels)
    ]
    if rows:
        ledger.add(rows)


def calls_of(matter: Matter, view: View) -> list[Call]:
    """Who is to hear of it, and why; an operator who answered by a key is nobody to write to."""
    calls = _calls(matter.event.data, view)
    return [call for call in calls if not call.person.startswith(OPERATOR)]


def _calls(data: e.EscalationEvent, view: View) -> list[Call]:
    match data:
        case e.StepFired():
            return [_stepped(called, data) for called in data.notify]
        case e.EscalationTaken():
            why = f"was called before; {data.person_name} has it now"
            return [Call(c.person, c.name, why, (c.role,)) for c in data.told]
        case e.EscalationHandedOver():
            asked = f"{data.person_name} asks {data.to.name} to take over"
            return [
                Call(data.to.person, data.to.name, asked, (data.to.role,), decides=True),
                Call(data.person, data.person_name, asked),
            ]
        case e.EscalationExhausted():
            return _last_resort(view)
        case _:
            return []


def staff_targets(
    view: View, calls: Sequence[Call], known: IncidentLedger, channels: Collection[Channel]
) -> list[tuple[Target, bool]]:
    """One target a destination, and whether it is asked to decide."""
    reached: dict[tuple[Channel, str], tuple[Target, bool]] = {}
    skipped = []
    for call in calls:
        for channel in _channels(view, call, known.told_of(None)):
            target = _target(view, call, channel, channels)
            place = (channel, target.destination)
            if target.skip is not None:
                skipped.append((target, False))
            elif place in reached:
                reached[place] = _merged(reached[place], target, call.decides)
            else:
                reached[place] = (target, call.decides)
    return [*reached.values(), *skipped]


def _stepped(called: e.Called, data: e.StepFired) -> Call:
    role, away = called.role, called.stands_in_for
    whose = f", standing in for {away}" if away else ""
    why = f"{role_words((role,))}{whose}: {data.reason}"
    return Call(called.person, called.name, why, (role,), data.channels, True, away)


def _last_resort(view: View) -> list[Call]:
    why = "last resort: everybody else was called and nobody took it"
    for key in LAST_RESORTS:
        person = view.staff(key)
        if person is not None and person.addresses is not None:
            return [Call(key, person.name, why)]
    return [Call(LAST_RESORTS[-1], "the NOC", why, channels=(Channel.EMAIL,))]


def _channels(view: View, call: Call, told: Iterable[Told]) -> Sequence[Channel]:
    if call.channels:
        return call.channels
    before = [earlier.channel for earlier in told if earlier.person == call.person]
    if not call.decides:
        before = [channel for channel in before if channel is not Channel.VOICE]
    if before:
        return before
    person = view.staff(call.person)
    written = [channel for channel in WRITTEN if person and channel in person.labels]
    return written or WRITTEN[:1]


def _target(view: View, call: Call, channel: Channel, channels: Collection[Channel]) -> Target:
    person = view.staff(call.person)
    label = person.labels.get(channel, "") if person else ""
    skip = None
    if channel not in channels:
        skip = f"the channel {channel.value} is not set up"
    elif label in ("", UNREADABLE):
        skip = f"{call.name} has no usable {channel.value} address"
    return Target(
        person=call.person,
        person_name=call.name,
        roles=call.roles,
        channel=channel,
        destination=label,
        because=call.because,
        reader=Reader(
            person=call.person,
            name=call.name,
            roles=call.roles,
            stands_in_for=call.stands_in_for,
        ),
        skip=skip,
    )


def _merged(earlier: tuple[Target, bool], other: Target, decides: bool) -> tuple[Target, bool]:
    """One person in two roles, or two with one address: one message, every reason listed."""
    target, decided = earlier
    reasons = dict.fromkeys((*target.because.split("; "), *other.because.split("; ")))
    roles = tuple(dict.fromkeys((*target.roles, *other.roles)))
    merged = Target(
        person=target.person,
        person_name=target.person_name,
        roles=roles,
        channel=target.channel,
        destination=target.destination,
        because="; ".join(reasons),
        reader=target.reader.model_copy(
            update={
                "roles": roles,
                "stands_in_for": target.reader.stands_in_for or other.reader.stands_in_for,
            }
        ),
    )
    return merged, decided or decides


def _delivery(
    message: Message, target: Target, matter: Matter, *, decides: bool, reason: str | None
) -> Delivery:
    incident = message.notice.outage
    side = _side(matter, message)
    return Delivery(
        id=uuid7(),
        message=message,
        target=target,
        thread=thread_of(incident.id, side, target.channel, target.destination),
        urgency=urgency_of(message.kind, incident.severity),
        state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
        reason=reason,
        step=_step(matter) if decides or message.kind in MAY_BE_MOOT else None,
    )


def _side(matter: Matter, message: Message) -> str:
    """The conversation with staff that a message belongs to, within its incident."""
    match matter.event.data:
        case e.UpdateDue():
            return "word"
        case e.PromiseEvent() as data:
            return f"promise-{data.thread or data.client_keys[0]}"
        case e.EscalationExhausted():
            # What asks for help when all else failed stands alone: a thread could be muted.
            return f"alone-{message.id}"
    return "staff"


def _step(matter: Matter) -> Step:
    data = matter.event.data
    word = data.due_at if isinstance(data, e.UpdateDue) else None
    step = Step(data.incident.sequence, matter.trigger, matter.client_keys, data.at, word)
    return of_policy(step, data) if isinstance(data, e.StepFired) else step


def of_policy(step: Step, fired: e.StepFired) -> Step:
    """Which steps of which chain they were."""
    return replace(
        step,
        trigger=_trigger(fired),
        chain=fired.chain,
        numbers={key: _steps(fired, key) for key in step.client_keys},
        forced=fired.by is not None,
    )


def _trigger(fired: e.StepFired) -> str:
    """Of conditions that combine the one that was true, where it was the only one."""
    true = {one.trigger for one in fired.why}
    return true.pop() if len(true) == 1 else fired.trigger


def _steps(fired: e.StepFired, client_key: str) -> tuple[int, ...]:
    calls = fired.calls.get(client_key, ())
    return tuple(dict.fromkeys(call.step for call in calls)) or (fired.step,)


def unknown_people(view: View, calls: Sequence[Call]) -> list[str]:
    """Those whom an account team names, in a role, and of whom no address has arrived here yet."""
    return [call.person for call in calls if call.roles and (STAFF, call.person) not in view.people]
