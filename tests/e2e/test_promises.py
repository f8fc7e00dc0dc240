"""What was promised is clocked by one service, kept by another, and shown by the third."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e

CADENCE = 0.15
"""Minutes: a word every nine seconds, the first within as many."""


@pytest.fixture
def promised(world: World) -> World:
    world.system("mail")
    world.team("north", account_manager="ann", escalation_manager="eva")
    severity = {
        "notify": [{"roles": ["it"], "channels": ["email"]}],
        "first_notice_within_minutes": CADENCE,
        "update_every_minutes": CADENCE,
    }
    plan = {"severities": {f"sev{number}": severity for number in range(1, 6)}}
    world.put("communication-plans", world.key("quick"), plan)
    world.client("acme", systems=["mail"], plan="quick", team="north")
    return world


def test_a_word_nobody_writes_is_reminded_of_broken_and_late(promised: World) -> None:
    incident = promised.opens("mail")
    first = eventually(lambda: _promise(promised, incident, "first_notice", "kept"), "a first word")
    assert first["done_at"] is not None

    # Ann hears that it nears, that it broke, and by how much it came late; Eva of the last two.
    at_risk, broken = _of_promises(promised, incident, "ann", 2)[:2]
    assert "breaks" in at_risk["text"]
    assert "no update was written" in broken["text"]
    assert "no update was written" in _of_promises(promised, incident, "eva", 1)[0]["text"]
    promised.operate(incident["id"], "updates", {"message": "We replace a controller."})
    late = eventually(lambda: _late_word(promised, incident), "a late word")
    assert late["reason"] == "no update was written"
    mails = _of_promises(promised, incident, "ann", 3)
    assert any("went out" in mail["text"] for mail in mails[2:])


def test_the_noc_is_reminded_before_and_told_after(promised: World) -> None:
    incident = promised.opens("mail")

    def reminded() -> list[Json]:
        url = f"{promised.document()['sandbox_url']}/messages"
        mails = httpx.get(url, params={"to": "noc@nordlicht.example"}).json()["items"]
        subject = f"Word due: Mail [{incident['ref']}]"
        return [mail for mail in mails if mail["subject"] == subject]

    eventually(lambda: len(reminded()) >= 2, "a reminder before and one after")
    before, after = reminded()[:2]
    assert "is due" in before["text"]
    assert "late" in after["text"]


def _of_promises(world: World, incident: Json, person: str, count: int) -> list[Json]:
    """The mails of the one thread about promises to Acme."""
    subject = f"Promise at risk: Acme [{incident['ref']}]"

    def mails() -> list[Json]:
        found = [mail for mail in world.received(person) if mail["subject"] == subject]
        return found if len(found) >= count else []

    return eventually(mails, f"{count} mails of promises to {person}")


def _late_word(world: World, incident: Json) -> Json:
    broken = _promise(world, incident, "update", "breached")
    return broken if broken.get("done_at") else {}


def _promise(world: World, incident: Json, promise: str, state: str) -> Json:
    answer: Any = world.call("read", "GET", f"/v1/incidents/{incident['id']}/sla").json()
    wanted = promise, state
    [acme] = answer["items"]
    found = [each for each in acme["promises"] if (each["promise"], each["state"]) == wanted]
    return found[0] if found else {}
