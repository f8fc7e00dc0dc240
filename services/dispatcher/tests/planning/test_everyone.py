"""Properties of all planning, over any course of two outages that three clients share."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from dispatcher.planning.model import Delivery
from hypothesis import given, settings
from hypothesis import strategies as st
from tocsin_contracts.directory import Cap, CommunicationPlan, Fallback, NotifyRule, Preferences
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity

from services.dispatcher.tests.facts import entry
from services.dispatcher.tests.minor import NIGHT
from services.dispatcher.tests.planning.course import (
    CLIENTS,
    INCIDENTS,
    Move,
    label,
    one_after_the_other,
    planned,
    told,
    view_of,
)

rules = st.lists(
    st.builds(
        NotifyRule,
        roles=st.sampled_from([("it_lead",), ("ceo",), ("it_lead", "ceo")]),
        channels=st.sampled_from([(Channel.EMAIL,), (Channel.EMAIL, Channel.SLACK)]),
        fallback=st.none() | st.just(Fallback(channel=Channel.SMS)),
    ),
    min_size=1,
    max_size=2,
)
plans = st.builds(
    lambda given, quiet, cap: CommunicationPlan(
        key="gold",
        severities={severity: entry(*given) for severity in Severity},
        quiet_hours=NIGHT if quiet else None,
        cap=Cap(messages=2, per_minutes=Decimal(60)) if cap else None,
        feedback_after_hours=None,
    ),
    rules,
    st.booleans(),
    st.booleans(),
)
wishes = st.builds(Preferences, severity_at_least=st.none() | st.sampled_from(Severity))
some = st.lists(st.sampled_from(CLIENTS), min_size=1, unique=True).map(sorted).map(tuple)


moves = st.one_of(
    st.builds(Move, st.just("updated")),
    st.builds(Move, st.just("severity"), severity=st.sampled_from(Severity)),
    st.builds(Move, st.just("audience"), clients=some),
    st.builds(Move, st.just("resolved")),
    st.builds(Move, st.just("reopened")),
)
courses = st.builds(
    lambda severity, clients, then: [Move("opened", severity, clients), *then],
    st.sampled_from(Severity),
    some,
    st.lists(moves, max_size=6),
)


@settings(deadline=None)
@given(plans, wishes, courses, courses)
def test_nobody_outside_the_audience_gets_a_word(
    plan: CommunicationPlan, wish: Preferences, first: list[Move], second: list[Move]
) -> None:
    events = one_after_the_other([first, second])
    batch = planned(view_of(plan, wish), events)
    audiences: dict[str, dict[int, set[str]]] = defaultdict(dict)
    clients: dict[str, set[str]] = {}
    for event in events:
        audience = getattr(event.data, "audience", None)
        if audience is not None:
            clients[event.subject] = {client.client_key for client in audience.clients}
        audiences[event.subject][event.sequence] = clients[event.subject]
    by_cause = {event.id: audiences[event.subject][event.sequence] for event in events}
    for row in batch.ledger.deliveries.values():
        key = row.message.client_key
        assert key in by_cause[row.message.cause_id]
        assert key is not None
        own = {label(key, person, row.target.channel) for person in ("jo", "mia")}
        assert row.target.skip is not None or row.target.destination in own


@settings(deadline=None)
@given(plans, wishes, courses)
def test_who_left_the_audience_gets_nothing_that_was_still_to_go(
    plan: CommunicationPlan, wish: Preferences, moves_: list[Move]
) -> None:
    events = one_after_the_other([moves_])
    batch = planned(view_of(plan, wish), events)
    audience = batch.known["one"].audience
    assert audience is not None
    inside = {client.client_key for client in audience.clients}
    going = {DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.PLANNED}
    for row in batch.ledger.new_rows():
        assert row.state not in going or row.message.client_key in inside


@settings(deadline=None)
@given(plans, wishes, courses, courses)
def test_the_same_events_make_the_same_rows(
    plan: CommunicationPlan, wish: Preferences, first: list[Move], second: list[Move]
) -> None:
    view = view_of(plan, wish)
    runs = [one_after_the_other([first, second]) for _ in range(2)]
    once, again = (told(planned(view, events), events) for events in runs)
    assert once == again


@settings(deadline=None)
@given(plans, wishes, courses, courses, st.randoms(use_true_random=False))
def test_the_order_of_different_outages_changes_nothing(
    plan: CommunicationPlan, wish: Preferences, first: list[Move], second: list[Move], random: Any
) -> None:
    view = view_of(plan, wish)
    events = one_after_the_other([first, second])
    lines = [[event for event in events if event.subject == name] for name in INCIDENTS]
    mixed: list[Event[EventData]] = []
    while any(lines):
        line = random.choice([line for line in lines if line])
        mixed.append(line.pop(0))
    assert told(planned(view, mixed), mixed) == told(planned(view, events), events)


@settings(deadline=None)
@given(plans, wishes, courses)
def test_a_row_of_a_critical_or_major_outage_never_waits(
    plan: CommunicationPlan, wish: Preferences, moves_: list[Move]
) -> None:
    for row in planned(view_of(plan, wish), one_after_the_other([moves_])).ledger.new_rows():
        if row.message.notice.outage.severity.at_least(Severity.SEV2):
            assert row.limits is None
            assert row.state is not DeliveryState.WAITING


@settings(deadline=None)
@given(plans, courses)
def test_everyone_told_at_first_is_told_of_the_end(
    plan: CommunicationPlan, moves_: list[Move]
) -> None:
    """The same person on the same channel, while they are concerned; a fallback as a fallback."""
    events = one_after_the_other([[*moves_, Move("resolved"), Move("closed")]])
    batch = planned(view_of(plan, Preferences()), events)
    audience = batch.known["one"].audience
    assert audience is not None
    inside = {client.client_key for client in audience.clients}
    rows = [row for row in batch.ledger.deliveries.values() if row.state is not _SKIPPED]
    end = {_place(row) for row in rows if row.message.kind is Kind.CLOSURE}
    for row in rows:
        if row.message.client_key in inside and row.stands_in is None:
            assert _place(row) in end


_SKIPPED = DeliveryState.SKIPPED


def _place(row: Delivery) -> tuple[str | None, str, Channel]:
    return row.message.client_key, row.target.person, row.target.channel
