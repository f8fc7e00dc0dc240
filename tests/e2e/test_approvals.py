"""A first notice that waits for the account manager's yes, from the call to the mailbox."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def careful(world: World) -> World:
    """ACME hears nothing first that Ann has not read."""
    world.system("mail")
    world.team("north", account_manager="ann")
    world.plan("careful", channels=["email"])
    path = f"/v1/communication-plans/{world.key('careful')}"
    plan = world.call("read", "GET", path).json()
    approval = {"kinds": ["initial"], "by": "account_manager", "on_no_answer": "alert"}
    world.put("communication-plans", world.key("careful"), {**plan, "approval": approval})
    world.client("acme", systems=["mail"], plan="careful", team="north")
    return world


def waiting(world: World, ref: str) -> Json:
    path = f"/v1/approvals?incident={ref}&status=waiting"

    def look() -> list[Json]:
        return list(world.call("read", "GET", path).json()["items"])

    return eventually(look, f"an approval of {ref} that waits")[0]


def link(world: World, mail: Json) -> str:
    """The approve link of a mail, at this stack's address."""
    found = re.search(r"/approve/[\w.-]+", mail["text"])
    assert found is not None, mail["text"]
    return f"{world.document()['api_url']}{found.group()}"


def test_nobody_hears_before_the_yes_and_everybody_after_it(careful: World) -> None:
    ref = careful.opens("mail")["ref"]
    request = careful.inbox("ann")[0]
    assert careful.received("acme") == []
    page = httpx.get(link(careful, request))
    assert page.status_code == 200
    assert careful.received("acme") == []

    approval = waiting(careful, ref)
    pressed = httpx.post(
        link(careful, request),
        data={"decision": "approve", "content_sha256": approval["content_sha256"]},
    )
    assert pressed.status_code == 303
    told = careful.inbox("acme")[0]
    assert approval["body"].splitlines()[2] in told["text"]
    path = f"/v1/approvals/{approval['id']}"
    ended = eventually(
        lambda: (found := careful.call("read", "GET", path).json())["outcome"] and found,
        "what became of the approval",
    )
    assert (ended["status"], ended["sent"]) == ("approved", True)


def test_a_yes_to_the_text_of_a_moment_ago_is_refused(careful: World) -> None:
    ref = careful.opens("mail")["ref"]
    first = waiting(careful, ref)
    careful.operate(ref, "updates", {"message": "A controller has failed."})
    second = eventually(
        lambda: (found := waiting(careful, ref))["id"] != first["id"] and found, "a newer question"
    )
    answer = careful.request(
        "operate",
        "POST",
        f"/v1/approvals/{first['id']}/decide",
        json={"decision": "approve", "content_sha256": first["content_sha256"]},
    )
    assert answer.status_code == 409
    careful.call(
        "operate",
        "POST",
        f"/v1/approvals/{second['id']}/decide",
        json={"decision": "approve", "content_sha256": second["content_sha256"]},
    )
    [told] = careful.inbox("acme")
    assert "A controller has failed." in told["text"]
