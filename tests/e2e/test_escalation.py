"""Account managers are brought in by severity and time, and only as long as nobody took it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.world import World, eventually

pytestmark = pytest.mark.e2e

SOON, LATER, LAST = 0.03, 0.1, 0.16
"""Minutes: 1.8, 6 and 9.6 seconds."""


def step(trigger: dict[str, Any], after: float, who: str) -> dict[str, Any]:
    return {"trigger": trigger, "after_minutes": after, "notify": [who], "channels": ["email"]}


@pytest.fixture
def staffed(world: World) -> World:
    """Ann after 1.8 s and Tom after 6 s without an acknowledge; Eva at 9.6 s whatever happens."""
    world.system("mail")
    world.team("north", account_manager="ann", deputy="tom", escalation_manager="eva")
    world.policy(
        "critical",
        step({"unacknowledged": True}, SOON, "account_manager"),
        step({"unacknowledged": True}, LATER, "deputy"),
        step({"unresolved": True}, LAST, "escalation_manager"),
    )
    world.plan("gold", policy="critical", channels=["email"])
    world.client("acme", systems=["mail"], plan="gold", team="north")
    return world


def test_nobody_acknowledges_so_the_account_manager_and_then_the_deputy_are_asked(
    staffed: World,
) -> None:
    staffed.alert("mail")
    asked = staffed.inbox("ann")[0]
    assert "Please take" in asked["text"]
    assert "Acme" in asked["text"]
    assert "Please take" in staffed.inbox("tom")[0]["text"]


def test_an_acknowledge_in_time_spares_the_account_managers(staffed: World) -> None:
    number = staffed.alert("mail")["incident_id"]
    staffed.operate(number, "acknowledge", {"note": "On it"})
    staffed.inbox("eva")  # what does not ask for an acknowledge still fires, later than the others
    assert staffed.received("ann") == []
    assert staffed.received("tom") == []


def test_an_account_manager_takes_the_client_by_the_link_in_the_mail(staffed: World) -> None:
    number = staffed.alert("mail")["incident_id"]
    done = staffed.click(staffed.inbox("ann")[0], "I take it")
    assert done["status"] == 200

    def taken() -> bool:
        answer = staffed.call("read", "GET", f"/v1/incidents/{number}/escalations").json()
        return [each["state"] for each in answer["items"]] == ["taken"]

    eventually(taken, "the escalation to be taken by Ann")
    other = staffed.opens("mail")  # its Tom is due after this one's
    assert [other["ref"] in mail["subject"] for mail in staffed.inbox("tom")] == [True]


def test_resolving_stops_every_step(staffed: World) -> None:
    number = staffed.alert("mail")["incident_id"]
    staffed.inbox("ann")
    staffed.operate(number, "resolve", {"message": "Back."})
    eventually(lambda: len(staffed.received("acme")) == 2, "the client to hear that it is over")

    def stopped() -> bool:
        answer = staffed.call("read", "GET", f"/v1/incidents/{number}/escalations").json()
        return [each["state"] for each in answer["items"]] == ["stopped"]

    eventually(stopped, "the escalation to be stopped")
    other = staffed.alert("mail", "Another")["incident_id"]  # its Tom comes after this one's Eva
    staffed.inbox("tom")
    assert other != number
    assert len(staffed.received("ann")) == 2
    assert staffed.received("eva") == []
