"""Teams workflows: an early yes, a pace, a size, and a URL that is a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Destination, Rejected, RetryLater
from dispatcher.channels.teams import TeamsChannel
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox, Settings
from services.dispatcher.tests.conformance.provider import message, settings_for


def channel(sandbox: Sandbox, **given: Any) -> TeamsChannel:
    return TeamsChannel(settings_for(sandbox, **given), Egress(loopback_only=True))


def workflow(sandbox: Sandbox, name: str = "acme") -> Destination:
    return Destination(Channel.TEAMS, sandbox.teams.url(name))


async def test_the_run_is_named_and_its_history_finds_the_message(sandbox: Sandbox) -> None:
    teams = channel(sandbox)

    outcome = await teams.send(message(), workflow(sandbox), idempotency_key="d-1")
    await teams.close()

    [received] = sandbox.messages(channel="teams")
    assert outcome == Accepted(received["run"])
    assert received["key"] == "d-1"
    assert received["posted"] is True


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413])
async def test_a_workflow_that_is_gone_is_said_to_be(sandbox: Sandbox, status: int) -> None:
    teams = channel(sandbox)
    sandbox.fault("teams", "reject", code=status)

    outcome = await teams.send(message(), workflow(sandbox), idempotency_key="d-1")
    await teams.close()

    assert isinstance(outcome, Rejected)
    assert "sig=" not in outcome.reason


async def test_a_url_whose_signature_was_replaced_is_refused(sandbox: Sandbox) -> None:
    teams = channel(sandbox)
    old = sandbox.teams.url("acme").replace("sandbox-workflow", "former-workflow")

    outcome = await teams.send(message(), Destination(Channel.TEAMS, old), idempotency_key="d-1")
    await teams.close()

    assert isinstance(outcome, Rejected)
    assert "its URL was replaced" in outcome.reason


async def test_a_long_message_in_any_script_fits_what_teams_counts(sandbox: Sandbox) -> None:
    """Without ``charset=utf-8`` Teams would count two bytes a character and refuse it."""
    teams = channel(sandbox)

    outcome = await teams.send(
        message(chat=None, text="Störung an Gebäude 7. " * 2_000),
        workflow(sandbox),
        idempotency_key="d-1",
    )
    await teams.close()

    assert isinstance(outcome, Accepted)


async def test_our_own_pace_keeps_a_workflow_below_its_limit() -> None:
    async with Sandbox(Settings(teams_seconds_per_message=60)) as strict:
        teams = channel(strict, teams_seconds_per_message=60)

        first = await teams.send(message("d-1"), workflow(strict), idempotency_key="d-1")
        second = await teams.send(message("d-2"), workflow(strict), idempotency_key="d-2")
        other = await teams.send(message("d-3"), workflow(strict, "b"), idempotency_key="d-3")
        await teams.close()

    assert isinstance(first, Accepted)
    assert isinstance(second, RetryLater)
    assert second.held
    assert isinstance(other, Accepted)


async def test_whoever_was_told_to_wait_waits_and_nobody_else_does(sandbox: Sandbox) -> None:
    teams = channel(sandbox)
    sandbox.fault("teams", "rate_limit", retry_after=40, to="acme", count=1)

    told = await teams.send(message(), workflow(sandbox), idempotency_key="d-1")
    again = await teams.send(message(), workflow(sandbox), idempotency_key="d-1")
    other = await teams.send(message(), workflow(sandbox, "b"), idempotency_key="d-2")
    await teams.close()

    assert told == RetryLater("the Teams workflow answered 429", timedelta(seconds=40))
    assert isinstance(again, RetryLater)
    assert again.reason == "Teams asked to wait before the next message"
    assert isinstance(other, Accepted)
