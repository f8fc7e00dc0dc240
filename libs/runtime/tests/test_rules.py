"""The runtime's pure parts."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tocsin_runtime.backoff import exponential
from tocsin_runtime.database import Database, database_is_away, subject_number
from tocsin_runtime.deadletters import RateLimit
from tocsin_runtime.outbox import SHARDS, shard_of
from tocsin_runtime.outbox_rows import Row, first_of_each_key
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.testing import FakeClock


def row(number: int, key: str) -> Row:
    return Row(number, f"e{number}", "topic", key, key, b"", [])


@given(st.lists(st.sampled_from("abc")))
def test_waves_send_every_row_once_and_each_key_in_order(keys: list[str]) -> None:
    rows = [row(number, key) for number, key in enumerate(keys)]
    waves: list[list[Row]] = []
    rest = rows
    while rest:
        wave, rest = first_of_each_key(rest)
        waves.append(wave)
        assert len({r.ordering_key for r in wave}) == len(wave)
    sent = [r for wave in waves for r in wave]
    assert sorted(r.id for r in sent) == [r.id for r in rows]
    for key in "abc":
        assert [r.id for r in sent if r.ordering_key == key] == [
            r.id for r in rows if r.ordering_key == key
        ]


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
