"""Each service is killed while alerts arrive; it is started again, and nothing is lost."""

from __future__ import annotations

import os
import signal
from collections import Counter
from functools import partial

import httpx
import pytest

from devstack.stack_process import StackProcess
from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e

OUTAGES = 12
KILLED_AFTER = 6


@pytest.fixture
def many(world: World) -> World:
    """A system and a client for each outage, so that every mail belongs to exactly one."""
    world.team("north", account_manager="ann")
    at_once = {
        "trigger": {"severity_at_least": "sev1"},
        "after_minutes": 0,
        "notify": ["account_manager"],
        "channels": ["email"],
    }
    world.policy("at-once", at_once)
    world.plan("basic", policy="at-once", channels=["email"])
    for number in range(OUTAGES):
        world.system(f"system{number}")
        world.client(f"client{number}", systems=[f"system{number}"], plan="basic", team="north")
    return world


@pytest.mark.parametrize("service", ["incident-api", "dispatcher", "escalation"])
def test_a_service_killed_amid_alerts_loses_none_of_them(
    many: World, stack: StackProcess, service: str
) -> None:
    killed = stack.pid(service)
    incidents = []
    for number in range(OUTAGES):
        if number == KILLED_AFTER:
            os.kill(killed, signal.SIGKILL)
        incidents.append(_post_until_taken(many, f"system{number}"))

    for number in range(OUTAGES):
        many.inbox(f"client{number}")
    many.inbox("ann", OUTAGES)
    for incident in incidents:
        eventually(partial(_all_settled, many, incident), f"an end for {incident}")
    assert _told_twice(many) <= 1  # at most the message under way at the kill
    assert stack.pid(service) != killed


def _post_until_taken(world: World, system: str) -> str:
    """As Alertmanager does: what was not answered is sent again."""

    def taken() -> Json | None:
        try:
            return world.alert(system)
        except httpx.TransportError:
            return None

    result = eventually(taken, f"the alert on {system} to be taken")
    assert result is not None
    assert result["routed"]
    return str(result["incident_id"])


def _all_settled(world: World, incident: str) -> bool:
    """Also what was being sent at the kill: taken over, perhaps sent again, and recorded."""
    answer = world.call("read", "GET", f"/v1/incidents/{incident}/deliveries").json()
    states = {each["state"] for each in answer["items"]}
    return bool(states) and not states & {"planned", "waiting", "pending", "sending"}


def _told_twice(world: World) -> int:
    counts = Counter(number for number in range(OUTAGES) for _ in world.received(f"client{number}"))
    return sum(count - 1 for count in counts.values())
