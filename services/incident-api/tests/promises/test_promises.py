"""What a client is promised, told as the clock on its wall shows it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from incident_api.promises import rules
from incident_api.promises.hours import WEEKDAYS, into_service_hours
from tocsin_contracts.directory import ServiceHours, SeverityEntry

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = ServiceHours(
    timezone="Europe/Berlin",
    days=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00", "18:00")),
)


def entry(every: str = "30", first: str = "10", closure: str | None = None) -> SeverityEntry:
    return SeverityEntry(
        notify=(),
        update_every_minutes=Decimal(every),
        first_notice_within_minutes=Decimal(first),
        closure_within_hours=None if closure is None else Decimal(closure),
    )


def berlin(day: int, hour: int, minute: int = 0, *, month: int = 11, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=BERLIN).astimezone(UTC)


def test_gold_client_of_the_sample_outage() -> None:
    """Known at 09:52; first word by 10:02; the next by 10:30, then every half hour on the dot."""
    gold = entry(every="30", first="10")
    known = berlin(24, 9, 52)
    first = rules.first_notice_due(known, gold, None)
    assert first == berlin(24, 10, 2)
    second = rules.next_update_due(first, gold, None, now=known)
    assert second == berlin(24, 10, 30)
    assert rules.next_update_due(second, gold, None, now=berlin(24, 10, 28)) == berlin(24, 11)


def test_an_extra_word_early_in_the_half_hour_leaves_the_promise_where_it_is() -> None:
    gold, promised = entry(every="30"), berlin(24, 10, 30)
    for minute in (3, 8, 14):
        assert rules.due_after_message(promised, gold, None, berlin(24, 10, minute)) == promised
    assert rules.due_after_message(promised, gold, None, berlin(24, 10, 15)) == berlin(24, 11)


def test_a_client_with_office_hours_told_on_friday_evening_is_told_next_on_monday() -> None:
    gold = entry(every="30")
    monday = rules.due_after_message(berlin(27, 18), gold, OFFICE, berlin(27, 17, 50))
    assert monday == berlin(30, 8)
    assert rules.due_after_message(monday, gold, OFFICE, berlin(28, 12)) == monday
    assert rules.due_after_message(monday, gold, OFFICE, berlin(30, 7, 50)) == berlin(30, 8, 30)


def test_the_promise_after_the_night_the_clock_goes_back_is_on_its_wall_clock() -> None:
    """02:50 comes twice that night; the half hour goes by as on any other."""
    twice = ServiceHours(timezone="Europe/Berlin", days=dict.fromkeys(WEEKDAYS, ("00:00", "24:00")))
    before = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    due = rules.due_after_message(before, entry(every="30"), twice, before)
    assert due == datetime(2026, 10, 25, 1, 20, tzinfo=UTC)
    assert due.astimezone(BERLIN).strftime("%H:%M %Z") == "02:20 CET"


def test_a_holding_notice_promises_more_within_twenty_minutes() -> None:
    twenty = timedelta(minutes=20)
    now = berlin(24, 10, 1)
    assert rules.due_after_holding_notice(entry(every="30"), None, now, within=twenty) == berlin(
        24, 10, 20
    )
    assert rules.due_after_holding_notice(entry(every="15"), None, now, within=twenty) == berlin(
        24, 10, 15
    )


def test_an_update_that_comes_two_hours_late_promises_the_next_half_hour_still_to_come() -> None:
    late = berlin(24, 12, 31)
    assert rules.next_update_due(berlin(24, 10, 30), entry(), None, now=late) == berlin(24, 13)


def test_a_cadence_of_seconds_is_not_rounded() -> None:
    twelve_seconds = entry(every="0.2")
    promised = berlin(24, 9, 52, second=7)
    due = rules.next_update_due(promised, twelve_seconds, None, now=promised)
    assert due == promised + timedelta(seconds=12)


def test_a_word_due_at_night_moves_to_the_opening() -> None:
    due = rules.next_update_due(berlin(24, 17, 45), entry(), OFFICE, now=berlin(24, 17, 40))
    assert due == berlin(25, 8)


def test_friday_evening_moves_over_the_weekend() -> None:
    assert rules.first_notice_due(berlin(27, 19), entry(), OFFICE) == berlin(30, 8)


def test_the_closing_minute_still_counts_as_open() -> None:
    assert into_service_hours(berlin(24, 18), OFFICE) == berlin(24, 18)
    assert into_service_hours(berlin(24, 18, second=1), OFFICE) == berlin(25, 8)


def test_opening_follows_the_wall_clock_when_summer_time_ends() -> None:
    """On 25 October Berlin goes from UTC+2 to UTC+1: Monday 08:00 is 07:00 UTC, not 06:00."""
    friday_night = datetime(2026, 10, 23, 20, tzinfo=UTC)
    assert into_service_hours(friday_night, OFFICE) == datetime(2026, 10, 26, 7, tzinfo=UTC)


def test_an_hour_that_comes_twice_opens_at_its_first_pass() -> None:
    night = ServiceHours(timezone="Europe/Berlin", days={"sun": ("02:30", "06:00")})
    before = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert into_service_hours(before, night) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_is_left_out_opens_when_the_clock_has_jumped() -> None:
    night = ServiceHours(timezone="Europe/Berlin", days={"sun": ("02:30", "06:00")})
    before = datetime(2026, 3, 28, 23, tzinfo=UTC)
    opening = into_service_hours(before, night)
    assert opening.astimezone(BERLIN).strftime("%H:%M") == "03:30"


def test_hours_past_midnight_belong_to_the_day_they_began() -> None:
    night_shift = ServiceHours(timezone="Europe/Berlin", days={"mon": ("22:00", "06:00")})
    tuesday_early, tuesday_noon = berlin(24, 5), berlin(24, 12)
    assert into_service_hours(tuesday_early, night_shift) == tuesday_early
    assert into_service_hours(tuesday_noon, night_shift) == berlin(30, 22)


def test_a_whole_day_is_open_until_its_last_second() -> None:
    always = ServiceHours(timezone="Asia/Kolkata", days=dict.fromkeys(WEEKDAYS, ("00:00", "24:00")))
    moment = datetime(2026, 11, 24, 18, 29, 59, tzinfo=UTC)
    assert into_service_hours(moment, always) == moment


def test_the_closing_note_is_promised_only_where_the_plan_does() -> None:
    resolved = berlin(24, 15, 34)
    assert rules.closure_due(resolved, entry(), None) is None
    assert rules.closure_due(resolved, entry(closure="48"), None) == berlin(26, 15, 34)
    assert rules.closure_due(resolved, entry(closure="48.5"), OFFICE) == berlin(26, 16, 4)


moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 — Hypothesis adds the zone
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
cadences = st.decimals(min_value="0.01", max_value="2880", places=2)
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"])
clock_times = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(
    lambda at: f"{at[0]:02}:{at[1]:02}"
)
service_hours = st.builds(
    ServiceHours,
    timezone=zones,
    days=st.dictionaries(
        st.sampled_from(WEEKDAYS), st.tuples(clock_times, clock_times), min_size=1
    ),
)


@given(promised=moments, now=moments, every=cadences)
def test_the_next_word_is_always_still_to_come_and_at_most_a_cadence_away(
    promised: datetime, now: datetime, every: Decimal
) -> None:
    due = rules.next_update_due(promised, entry(every=str(every)), None, now)
    cadence = rules.minutes(every)
    assert due > now
    assert due <= max(promised, now) + cadence + timedelta(minutes=5)
    if cadence >= timedelta(minutes=10):
        assert due.minute % 5 == 0
        assert (due.second, due.microsecond) == (0, 0)


lapses = st.lists(st.integers(0, 60 * 60 * 30).map(lambda s: timedelta(seconds=s)), max_size=12)


@given(opened=moments, lapses=lapses, every=cadences, hours=st.none() | service_hours)
def test_no_number_of_early_words_puts_a_promise_off_by_more_than_a_cadence_and_a_half(
    opened: datetime, lapses: list[timedelta], every: Decimal, hours: ServiceHours | None
) -> None:
    plan = entry(every=str(every))
    now, promised = opened, rules.restarted_update_due(plan, hours, opened)
    for lapse in lapses:
        now += lapse
        promised = rules.due_after_message(promised, plan, hours, now)
        assert promised > now
        assert promised <= into_service_hours(now + rules.minutes(every) * 3 / 2, hours)
        assert into_service_hours(promised, hours) == promised


@given(promised=moments, early=st.integers(0, 10_000), every=cadences)
def test_a_word_moves_the_promise_only_in_its_second_half(
    promised: datetime, early: int, every: Decimal
) -> None:
    now = promised - timedelta(seconds=early)
    due = rules.due_after_message(promised, entry(every=str(every)), None, now)
    if timedelta(seconds=early) > rules.minutes(every) / 2:
        assert due == promised
    else:
        assert due > now
        assert due == rules.next_update_due(promised, entry(every=str(every)), None, now)


@given(now=moments, every=cadences, within=cadences, hours=st.none() | service_hours)
def test_after_a_holding_notice_more_follows_within_the_smaller_of_the_two(
    now: datetime, every: Decimal, within: Decimal, hours: ServiceHours | None
) -> None:
    due = rules.due_after_holding_notice(
        entry(every=str(every)), hours, now, within=rules.minutes(within)
    )
    assert now < due <= into_service_hours(now + rules.minutes(min(every, within)), hours)


@given(moment=moments, hours=service_hours)
def test_a_moved_promise_is_never_earlier_and_stays_where_it_was_moved(
    moment: datetime, hours: ServiceHours
) -> None:
    moved = into_service_hours(moment, hours)
    assert moved >= moment
    assert moved - moment <= timedelta(days=8)
    assert into_service_hours(moved, hours) == moved


@given(moment=moments, hours=service_hours)
def test_a_promise_that_moved_lands_on_an_opening_of_the_wall_clock(
    moment: datetime, hours: ServiceHours
) -> None:
    moved = into_service_hours(moment, hours)
    if moved == moment:
        return
    local = moved.astimezone(ZoneInfo(hours.timezone))
    opens = hours.days[WEEKDAYS[local.weekday()]][0]
    shown = local.strftime("%H:%M")
    jumped = (
        local.utcoffset()
        != (local - timedelta(hours=2)).astimezone(UTC).astimezone(local.tzinfo).utcoffset()
    )
    assert shown == opens or jumped
