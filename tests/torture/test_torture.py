"""Whatever dies, everybody is told, nobody else is, and hardly anybody twice.

One run of 300 incidents is judged by all tests here. Counted is what the sandbox's journal says it
took, against a model that shares nothing with the system.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from devstack.sandbox.journal import read
from devstack.stack_process import StackProcess, running_stack
from tests.torture.emptied import alone, empty, own_is_running, read_everything, run_command
from tests.torture.faults import MAX_POLL_INTERVAL, until
from tests.torture.member import SecondMember
from tests.torture.run import INCIDENTS, Run, Torture
from tests.torture.tally import Tally

pytestmark = pytest.mark.timeout(1800)

UNDER_WAY_SECONDS = 1.0
"""How long before a break a message counts as under way: its outcome may not be recorded yet."""


@pytest.fixture(scope="module")
def stack() -> Iterator[StackProcess]:
    interval = str(int(MAX_POLL_INTERVAL * 1000))
    # Many outages at once in one channel, which Slack would take one a second of.
    chosen = {"KAFKA_MAX_POLL_INTERVAL_MS": interval, "SLACK_SECONDS_PER_MESSAGE": "0"}
    with running_stack(chosen, keep=True) as stack:
        yield stack


@pytest.fixture(scope="module")
def run(stack: StackProcess) -> Run:
    run = asyncio.run(Torture(stack).run())
    found = run.tally()
    _keep(stack.layout.folder / "findings.json", run, found)
    print(  # noqa: T201
        f"{found.received} messages of {len(run.names)} incidents; lost {found.lost.total()}, "
        f"wrong {len(found.wrong)}, surplus {found.surplus.total()}, "
        f"duplicates {len(found.duplicates)}"
    )
    return run


def _keep(path: Path, run: Run, found: Tally) -> None:
    """For whoever has to find out why."""
    findings = {
        "fired": [asdict(fired) for fired in run.fired],
        "names": run.names,
        "lost": [[*send, count] for send, count in found.lost.items()],
        "surplus": [[*send, count] for send, count in found.surplus.items()],
        "wrong": found.wrong,
        "duplicates": [[*send, first] for send, first in found.duplicates],
    }
    path.write_text(json.dumps(findings, indent=1))


def test_the_consumers_ran_with_the_short_interval(stack: StackProcess) -> None:
    environment = psutil.Process(stack.pid("dispatcher")).environ()
    assert environment["KAFKA_MAX_POLL_INTERVAL_MS"] == str(int(MAX_POLL_INTERVAL * 1000))


def test_every_incident_was_accepted(run: Run) -> None:
    assert len(run.names) == INCIDENTS


def test_every_fault_fired(run: Run) -> None:
    struck = [fired.fault for fired in run.fired]
    assert set(struck) >= {
        "kill incident-api",
        "kill dispatcher",
        "kill escalation",
        "kill kafka",
        "crash postgres",
        "refuse dispatcher's database",
        "lock dispatcher's database",
    }
    assert all(fired.proof and fired.over_at > fired.struck_at for fired in run.fired)


def test_no_message_was_lost(run: Run) -> None:
    found = run.tally()
    assert found.received > 0
    assert not found.lost, found.lost.most_common(10)


def test_nobody_was_told_who_should_not_be(run: Run) -> None:
    found = run.tally()
    assert not found.wrong, found.wrong[:5]
    assert not found.surplus, found.surplus.most_common(10)


def test_only_what_was_under_way_at_a_break_came_twice(run: Run) -> None:
    found = run.tally()
    assert found.inexcusable(run.windows, under_way=UNDER_WAY_SECONDS) == []
    assert all(len(set(send)) == 3 for send, _ in found.duplicates)


def test_an_empty_database_before_full_topics_sends_nothing(stack: StackProcess, run: Run) -> None:
    """Everything there is older than the database, though an hour old at most."""
    with _nothing_sent(stack):
        asyncio.run(_read_from_nothing(stack, rebuild=False))


def test_a_database_rebuilt_from_the_log_sends_nothing(stack: StackProcess, run: Run) -> None:
    """However young the events are."""
    with _nothing_sent(stack):
        asyncio.run(_read_from_nothing(stack, rebuild=True))


@contextmanager
def _nothing_sent(stack: StackProcess) -> Iterator[None]:
    before = len(read(stack.journal))
    assert before > 0
    yield
    assert len(read(stack.journal)) == before


async def _read_from_nothing(stack: StackProcess, *, rebuild: bool) -> None:
    await until(lambda: own_is_running(stack), "the stack's own dispatcher runs")
    member = SecondMember(stack, stack.layout.log("dispatcher-empty"))
    async with alone(stack):
        await empty(stack)
        await asyncio.to_thread(run_command, member, "migrate")
        if rebuild:
            await asyncio.to_thread(run_command, member, "rebuild")
        await read_everything(stack, member)
