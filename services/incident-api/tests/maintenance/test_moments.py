"""Whatever becomes of a window, its own moments come in order and only while they hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from incident_api.maintenance.model import Window
from incident_api.maintenance.moments import (
    ALERTS,
    OVERRUN,
    REMINDER,
    START,
    Moment,
    is_last_due,
    lead_hours,
    still_holds,
    to_arm,
)
from tocsin_contracts.words import MaintenanceStatus

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SCHEDULED, IN_PROGRESS = MaintenanceStatus.SCHEDULED, MaintenanceStatus.IN_PROGRESS

hours = st.lists(st.integers(1, 200).map(float), unique=True, max_size=4).map(tuple)
moves = st.lists(
    st.tuples(st.integers(0, 96), st.integers(-200, 200), st.integers(1, 48)), max_size=6
)


def window(hours_before: tuple[float, ...], starts_in: int = 100, lasts: int = 3) -> Window:
    starts_at = NOW + timedelta(hours=starts_in)
    return Window(
        id="w",
        ref="MNT-301",
        sequence=1,
        title="t",
        status=SCHEDULED,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=lasts),
        created_at=NOW,
        remind_hours_before=hours_before,
    )


class Clock:
    """The timers as they are armed: none is ever taken back."""

    def __init__(self, first: Window) -> None:
        self.now = NOW
        self.window = first
        self.armed = set(to_arm(None, first, NOW))
        self.happened: list[tuple[str, datetime]] = []

    def moves_on(self, until: datetime) -> None:
        while due := [moment for moment in self.armed if moment.at <= until]:
            first = min(due, key=lambda moment: (moment.at, moment.kind != REMINDER))
            self.armed.remove(first)
            self.now = max(self.now, first.at)
            if still_holds(self.window, first):
                self.fires(first)
        self.now = max(self.now, until)

    def fires(self, moment: Moment) -> None:
        if moment.kind == REMINDER:
            assert moment.hours_before is not None
            if not is_last_due(self.window, moment.hours_before, self.now):
                return
        self.happened.append((moment.kind, self.now))
        if moment.kind == START:
            self.becomes(self.window.having(status=IN_PROGRESS, started_at=moment.at))
        elif moment.kind == OVERRUN:
            self.becomes(self.window.having(overrun=True))

    def becomes(self, after: Window) -> None:
        self.armed |= set(to_arm(self.window, after, self.now))
        self.window = after

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.happened]


@settings(deadline=None)
@given(hours=hours, moves=moves)
def test_however_often_it_moves_it_starts_once_at_its_start(
    hours: tuple[float, ...], moves: list[tuple[int, int, int]]
) -> None:
    clock = Clock(window(hours))
    for wait, by, lasts in moves:
        clock.moves_on(clock.now + timedelta(hours=wait))
        starts_at = clock.window.starts_at + timedelta(hours=by)
        if clock.window.status is SCHEDULED and starts_at > clock.now:
            ends_at = starts_at + timedelta(hours=lasts)
            clock.becomes(clock.window.having(starts_at=starts_at, ends_at=ends_at))
    clock.moves_on(clock.now + timedelta(days=400))
    final = clock.window
    assert clock.kinds().count(START) == 1
    assert (START, final.starts_at) in clock.happened
    assert (OVERRUN, final.ends_at) in clock.happened
    reminders = [at for kind, at in clock.happened if kind == REMINDER]
    assert all(at < final.starts_at for at in reminders)
    assert clock.kinds().index(START) == len(reminders)


@settings(deadline=None)
@given(hours=hours, moves=moves)
def test_each_reminder_that_is_still_to_come_comes_at_its_moment(
    hours: tuple[float, ...], moves: list[tuple[int, int, int]]
) -> None:
    clock = Clock(window(hours))
    for _, by, _ in moves:
        starts_at = clock.window.starts_at + timedelta(hours=by)
        if starts_at > clock.now:
            ends_at = starts_at + timedelta(hours=3)
            clock.becomes(clock.window.having(starts_at=starts_at, ends_at=ends_at))
    clock.moves_on(clock.now + timedelta(days=400))
    start = clock.window.starts_at
    expected = {start - timedelta(hours=h) for h in hours if start - timedelta(hours=h) > NOW}
    assert {at for kind, at in clock.happened if kind == REMINDER} == expected


@settings(deadline=None)
@given(hours=hours, ends=st.sampled_from([MaintenanceStatus.CANCELLED, SCHEDULED]))
def test_called_off_nothing_comes_any_more(
    hours: tuple[float, ...], ends: MaintenanceStatus
) -> None:
    clock = Clock(window(hours))
    clock.becomes(clock.window.having(status=ends))
    clock.moves_on(NOW + timedelta(days=30))
    assert (clock.kinds() == []) is (ends is MaintenanceStatus.CANCELLED)


def test_after_the_end_quiet_alerts_are_looked_at_once() -> None:
    clock = Clock(window(()))
    clock.moves_on(clock.window.starts_at)
    ended = clock.now + timedelta(hours=1)
    clock.moves_on(ended)
    clock.becomes(clock.window.having(status=MaintenanceStatus.COMPLETED, ended_at=ended))
    clock.moves_on(NOW + timedelta(days=30))
    assert clock.kinds() == [START, ALERTS]


@settings(deadline=None)
@given(hours=hours, starts_in=st.integers(1, 300))
def test_default_reminders_are_those_still_to_come(
    hours: tuple[float, ...], starts_in: int
) -> None:
    left = lead_hours(hours, NOW + timedelta(hours=starts_in), NOW)
    assert set(left) == {hour for hour in hours if hour < starts_in}
    assert list(left) == sorted(left, reverse=True)
