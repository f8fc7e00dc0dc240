"""The runtime's pure parts."""

from __future__ import annotations

import asyncio
import itertools
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tocsin_runtime.backoff import exponential
from tocsin_runtime.database import Database, database_is_away, subject_number
from tocsin_runtime.deadletters import RateLimit
from tocsin_runtime.flights import Flights
from tocsin_runtime.outbox import SHARDS, shard_of
from tocsin_runtime.outbox_rows import Row
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.testing import FakeClock


def row(number: int, key: str) -> Row:
    return Row(number, f"e{number}", "topic", key, key, b"", [])


async def flown(rows: list[Row], refused: set[int]) -> tuple[list[int], list[str]]:
    """What landed, in the order of sending, and the keys that may not be taken yet."""

    async def send(row: Row) -> bool:
        await asyncio.sleep(0)
        return row.id not in refused

    flights = Flights(send, lambda: None, rest_seconds=0)
    flights.start(rows)
    await flights.end()
    return flights.collect(), flights.busy


@given(st.lists(st.sampled_from("abc")), st.sets(st.integers(0, 10)))
def test_a_refused_row_holds_back_what_follows_of_its_key_and_nothing_else(
    keys: list[str], refused: set[int]
) -> None:
    rows = [row(number, key) for number, key in enumerate(keys)]
    sent, busy = asyncio.run(flown(rows, refused))
    assert set(busy) == set(keys)
    for key in set(keys):
        own = [r.id for r in rows if r.ordering_key == key]
        expected = list(itertools.takewhile(lambda number: number not in refused, own))
        assert [number for number in sent if number in own] == expected


@given(st.integers(1, 200), st.floats(0, 0.999))
def test_backoff_grows_to_its_cap_and_never_to_nothing(attempt: int, jitter: float) -> None:
    base, cap = timedelta(seconds=1), timedelta(minutes=5)
    wait = exponential(attempt, base=base, cap=cap, jitter=jitter)
    assert base / 2 <= wait <= cap
    assert exponential(attempt + 1, base=base, cap=cap, jitter=jitter) >= wait


@given(st.text())
def test_every_key_has_one_shard_and_one_lock_number(key: str) -> None:
    assert 0 <= shard_of(key) < SHARDS
    assert -(2**63) <= subject_number(key) < 2**63
    assert subject_number(key) == subject_number(key)


def test_the_rate_limit_counts_the_last_minute_only() -> None:
    clock, limit = FakeClock(), RateLimit(2)
    assert not limit.exceeded(clock.now())
    assert not limit.exceeded(clock.advance(seconds=10))
    assert limit.exceeded(clock.advance(seconds=10))
    assert not limit.exceeded(clock.advance(seconds=60))


def test_a_secret_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://from-a-file\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://from-the-environment")
    settings = RuntimeSettings()
    assert settings.database_url.get_secret_value() == "postgresql://from-a-file"
    assert "from-a-file" not in repr(settings)


async def test_a_database_that_is_away_does_not_keep_a_process_from_starting() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    database = await Database.open(f"postgresql://nobody@127.0.0.1:{port}/nothing")
    with pytest.raises(OSError) as refused:
        await database.pool.execute("SELECT 1")
    assert database_is_away(refused.value)
    await database.close()
