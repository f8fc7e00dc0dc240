"""Whoever answers for a client is found: a stand-in, who is on duty, the client's own people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e

SOON, LATER, LAST = 0.03, 0.1, 0.16
"""Minutes: 1.8, 6 and 9.6 seconds."""


def step(trigger: Json, after: float, *who: str, **given: Any) -> Json:
    return {
        "trigger": trigger,
        "after_minutes": after,
        "notify": list(who),
        "channels": ["email"],
        **given,
    }


@pytest.fixture
def staffed(world: World) -> World:
    """Ann after 1.8 s, whoever is on duty after 6 s, Eva after 9.6 s, until somebody takes it."""
    world.system("mail")
    ann, tom, eva, nina = ({"name": n, "email": world.address(n.lower())} for n in NAMES)
    world.put(
        "account-teams",
        world.key("north"),
        {
            "account_manager": ann,
            "deputy": tom,
            "escalation_manager": eva,
            "others": [nina],
            "duty": {
                "timezone": "Europe/Berlin",
                "starting": "2026-01-05",
                "shifts": [
                    {"from": "mon 00:00", "to": "mon 00:00", "people": [world.address("nina")]}
                ],
            },
        },
    )
    world.policy(
        "critical",
        step({"severity_at_least": "sev1"}, SOON, "account_manager"),
        step({"unacknowledged": True}, LATER, "on_duty"),
        step({"unresolved": True}, LAST, "escalation_manager"),
    )
    world.plan("gold", policy="critical", channels=["email"])
    world.client("acme", systems=["mail"], plan="gold", team="north")
    return world


NAMES = ("Ann", "Tom", "Eva", "Nina")


def states(world: World, number: str, chain: str = "account") -> list[str]:
    answer = world.call("read", "GET", f"/v1/incidents/{number}/escalations").json()
    return [each["state"] for each in answer["items"] if each["chain"] == chain]


def escalation(world: World, number: str, chain: str = "account") -> Json:
    answer = world.call("read", "GET", "/v1/escalations", params={"incident": number}).json()
    [found] = [dict(each) for each in answer["items"] if each["chain"] == chain]
    return found


def test_away_the_account_manager_is_stood_in_for_and_later_the_one_on_duty_is_called(
    staffed: World,
) -> None:
    now = datetime.now(UTC)
    away = {
        "person": staffed.address("ann"),
        "from": (now - timedelta(hours=1)).isoformat(),
        "to": (now + timedelta(days=3)).isoformat(),
        "stand_in": staffed.address("tom"),
    }
    staffed.call("admin", "POST", "/v1/absences", json=away)
    staffed.alert("mail")

    assert "Ann" in staffed.inbox("tom")[0]["text"]
    assert "Please take" in staffed.inbox("nina")[0]["text"]
    assert staffed.received("ann") == []


def test_nobody_stands_in_so_the_next_one_is_called_at_once_and_reads_why(staffed: World) -> None:
    now = datetime.now(UTC)
    away = {
        "person": staffed.address("ann"),
        "from": (now - timedelta(hours=1)).isoformat(),
        "to": (now + timedelta(days=3)).isoformat(),
    }
    staffed.call("admin", "POST", "/v1/absences", json=away)
    number = staffed.alert("mail")["incident_id"]

    assert "Ann is away" in staffed.inbox("nina")[0]["text"]
    skipped = [line for line in staffed.timeline(number) if line["type"] == "step_skipped"]
    assert "Ann is away" in skipped[0]["text"]


def test_an_operator_pauses_and_calls_the_next_one_each_with_a_reason(staffed: World) -> None:
    staffed.policy(
        "critical",
        step({"severity_at_least": "sev1"}, SOON, "account_manager"),
        step({"unacknowledged": True}, 30, "on_duty"),
    )
    number = staffed.alert("mail")["incident_id"]
    staffed.inbox("ann")
    path = f"/v1/escalations/{escalation(staffed, number)['id']}"
    staffed.call("operate", "POST", f"{path}/pause", json={"reason": "ACME asked us to wait."})
    eventually(lambda: escalation(staffed, number)["paused"], "the escalation to be paused")

    wanted = {"reason": "Jo Frei asks for more."}
    staffed.call("operate", "POST", f"{path}/escalate", json=wanted)
    assert "Jo Frei asks for more." in staffed.inbox("nina")[0]["text"]
    texts = " ".join(str(line.get("text")) for line in staffed.timeline(number))
    assert "ACME asked us to wait." in texts


def test_the_clients_own_people_are_called_one_after_another_until_one_confirms(
    world: World,
) -> None:
    world.system("mail")
    world.plan("gold", channels=["email"])
    own = {
        "chain": "client",
        "steps": [
            step({"unconfirmed": True}, SOON, "cio", channels=["sms"]),
            step({"unconfirmed": True}, LATER, "ceo"),
        ],
    }
    world.put("escalation-policies", world.key("own"), own)
    people = [
        {"key": "it", "name": "Jo Frei", "role": "it", "email": world.address("jo")},
        {"key": "cio", "name": "Mia Roth", "role": "cio", "phone": world.phone("mia")},
        {"key": "ceo", "name": "Max Lind", "role": "ceo", "email": world.address("max")},
    ]
    body = {
        "name": "Acme",
        "timezone": "Europe/Berlin",
        "systems": [world.key("mail")],
        "communication_plan": world.key("gold"),
        "confirmation_policy": world.key("own"),
        "contacts": people,
    }
    world.put("clients", world.key("acme"), body)

    number = world.alert("mail")["incident_id"]
    text = world.inbox("mia", channel="sms")[0]
    world.answer(text, reply="1")

    eventually(lambda: states(world, number, "client") == ["confirmed"], "the confirm to count")
    assert states(world, number) != ["taken"]  # a client's yes is nobody's of ours
    other = world.opens("mail")  # its second step comes after this one's would have
    assert [other["ref"] in mail["subject"] for mail in world.inbox("max")] == [True]


def test_what_was_simulated_beforehand_is_what_happens(staffed: World) -> None:
    asked = {
        "severity": "sev1",
        "system_keys": [staffed.key("mail")],
        "started_at": datetime.now(UTC).isoformat(),
    }
    played = staffed.call("read", "POST", "/v1/simulate", json=asked).json()["timeline"]
    staffed.alert("mail")
    staffed.inbox("eva")

    calls = [(line["who"], line["channel"]) for line in played if line["who"]]
    assert calls[:3] == [("Ann", "email"), ("Nina", "email"), ("Eva", "email")]
    assert [len(staffed.received(name)) for name in ("ann", "nina", "eva")] == [1, 1, 1]
