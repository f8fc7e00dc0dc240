"""Internal at first, held, corrected, many at once: what arrives in the mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import PROVIDER
from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def mailed(world: World) -> World:
    """ACME uses mail and hears by mail; Beta uses the phones."""
    world.system("mail")
    world.system("phones")
    world.plan("mail-only", channels=["email"])
    world.client("acme", systems=["mail"], plan="mail-only")
    world.client("beta", systems=["phones"], plan="mail-only")
    return world


def opened(world: World, **fields: object) -> Json:
    body = {"title": "Mail", "severity": "sev1", "system_keys": [world.key("mail")], **fields}
    return dict(world.call("operate", "POST", "/v1/incidents", json=body).json())


def test_a_holding_notice_and_what_follows_it_in_one_thread(mailed: World) -> None:
    ref = opened(mailed, visibility="internal")["ref"]
    mailed.operate(ref, "holding-notice", {"action": "send"})
    first = mailed.inbox("acme")[0]
    mailed.operate(ref, "updates", {"message": "Only among ourselves."})
    mailed.operate(ref, "publish")
    second = mailed.inbox("acme", 2)[1]
    assert second["headers"]["In-Reply-To"] == first["headers"]["Message-ID"]
    assert "Only among ourselves." not in second["text"]
    mailed.operate(ref, "resolve", {"message": "Mail is back."})
    assert len(mailed.inbox("acme", 3)) == 3


def test_a_false_alarm_after_a_holding_notice_is_called_off(mailed: World) -> None:
    ref = opened(mailed, visibility="internal")["ref"]
    mailed.operate(ref, "holding-notice", {"action": "send"})
    mailed.inbox("acme")
    mailed.operate(ref, "cancel", {"reason": "A sensor was broken."})
    assert "A sensor was broken." in mailed.inbox("acme", 2)[1]["text"]


def test_what_is_undone_in_time_never_arrives_and_what_is_not_does(mailed: World) -> None:
    ref = opened(mailed)["ref"]
    mailed.inbox("acme")
    held = mailed.operate(ref, "updates", {"message": "Not meant.", "hold_seconds": 600})
    mailed.call("operate", "DELETE", f"/v1/holds/{held['hold']['id']}")
    mailed.operate(ref, "updates", {"message": "It is the storage.", "hold_seconds": 0.2})
    (_, told) = mailed.inbox("acme", 2)
    assert "It is the storage." in told["text"]
    assert "Not meant." not in told["text"]


def test_a_correction_reaches_whoever_read_what_was_wrong(mailed: World) -> None:
    ref = opened(mailed)["ref"]
    mailed.inbox("acme")
    update = mailed.operate(ref, "updates", {"message": "All mail is lost."})
    mailed.inbox("acme", 2)
    mailed.operate(ref, f"updates/{update['id']}/correct", {"right": "All mail is delayed."})
    text = mailed.inbox("acme", 3)[2]["text"]
    assert "All mail is lost." in text
    assert "All mail is delayed." in text


def test_no_news_is_told_by_one_call(mailed: World) -> None:
    ref = opened(mailed)["ref"]
    mailed.inbox("acme")
    mailed.operate(ref, "no-news")
    assert len(mailed.inbox("acme", 2)) == 2


@pytest.fixture
def linking(mailed: World) -> Iterator[World]:
    """The provider links what begins with the same systems, as it does unless told otherwise."""
    _provider(mailed, 30)
    yield mailed
    _provider(mailed, 0)


def _provider(world: World, minutes: int) -> None:
    document = {**PROVIDER, "linking": {"same_root_within_minutes": minutes}}
    world.call("admin", "PUT", "/v1/directory", json={"provider": document})


def test_two_hundred_alerts_on_one_system_are_one_mail(linking: World) -> None:
    names = [f"Disk {number}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda name: _alert(linking, name, "firing"), names))
    assert {result["outcome"] for result in results} == {"opened"}
    first = linking.inbox("acme")[0]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: _alert(linking, name, "resolved"), names))
    last = linking.inbox("acme", 2)[1]
    assert last["headers"]["In-Reply-To"] == first["headers"]["Message-ID"]
    spoken = eventually(lambda: _settled(linking, results), "every part to be over")
    assert spoken == {None, _parent(linking, results)}
    assert len(linking.received("acme")) == 2
    assert linking.received("beta") == []


def _alert(world: World, name: str, status: str) -> Json:
    """With a dedup key of its own, and in no group."""
    body = {"key": f"{name} {world.word}", "title": name, "status": status, "severity": "critical"}
    place = {"system": world.key("mail")}
    answer = world.call("ingest", "POST", "/v1/ingest/generic", json={**body, **place})
    return dict(answer.json()["results"][0])


def _settled(world: World, results: list[Json]) -> set[str | None]:
    found = [world.incident(result["incident_id"]) for result in results]
    over = all(one["status"] == "resolved" for one in found)
    return {one["parent_id"] for one in found} if over else set()


def _parent(world: World, results: list[Json]) -> str:
    found = [world.incident(result["incident_id"]) for result in results]
    return next(str(one["id"]) for one in found if one["parent_id"] is None)
