"""Planned work from its announcement to its end, through the three processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any

import pytest

from tests.e2e.world import World, eventually

pytestmark = pytest.mark.e2e


def soon(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@pytest.fixture
def hosting(world: World) -> World:
    """Mail depends on storage; ACME uses mail, Gamma uses neither."""
    world.system("storage")
    world.system("mail", depends_on=["storage"])
    world.system("phones")
    world.plan("by-mail", channels=["email"])
    world.client("acme", systems=["mail"], plan="by-mail")
    world.client("gamma", systems=["phones"], plan="by-mail")
    return world


def announce(world: World, *, starts: float, lasts: float, **given: Any) -> dict[str, Any]:
    body = {
        "title": "Replace a part",
        "system_keys": [world.key("storage")],
        "starts_at": soon(starts),
        "ends_at": soon(starts + lasts),
        "impact": "Mail may stop for a minute.",
        **given,
    }
    return dict(world.call("operate", "POST", "/v1/maintenance-windows", json=body).json())


def act(world: World, ref: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    path = f"/v1/maintenance-windows/{ref}/{what}"
    return dict(world.call("operate", "POST", path, json=body or {}).json())


def invitation(mail: dict[str, Any]) -> tuple[str, str]:
    """The method and the text of the entry that a mail brings."""
    parsed = message_from_string(mail["raw"], policy=default)
    (part,) = [one for one in parsed.walk() if one.get_content_type() == "text/calendar"]
    return part["Content-Type"].params["method"], part.get_content()


def test_it_starts_and_runs_over_by_itself_and_is_told_in_one_thread(hosting: World) -> None:
    window = announce(hosting, starts=3, lasts=2)
    assert [c["client_key"] for c in window["audience"]["clients"]] == [hosting.key("acme")]

    mails = hosting.inbox("acme", count=3)
    act(hosting, window["ref"], "end", {"message": "The part is replaced."})
    mails = hosting.inbox("acme", count=4)

    assert {mail["subject"] for mail in mails} == {mails[0]["subject"]}
    assert window["ref"] in mails[0]["subject"]
    assert all(mail["headers"]["References"] for mail in mails[1:])
    assert "has started" in mails[1]["text"]
    assert "takes longer" in mails[2]["text"]
    assert "The part is replaced." in mails[3]["text"]
    assert invitation(mails[0])[0] == "REQUEST"
    assert hosting.received("gamma") == []
    told = eventually(lambda: deliveries(hosting, window["ref"], 4), "the rows' states")
    assert {row["state"] for row in told} == {"accepted"}


def deliveries(world: World, ref: str, count: int) -> list[dict[str, Any]]:
    path = f"/v1/maintenance-windows/{ref}/deliveries"
    rows: list[dict[str, Any]] = world.call("read", "GET", path).json()["items"]
    done = [row for row in rows if row["state"] == "accepted"]
    return done if len(done) == count else []


def test_moved_and_called_off_the_entry_in_the_calendar_goes_along(hosting: World) -> None:
    window = announce(hosting, starts=86_400, lasts=3600)
    hosting.inbox("acme", count=1)
    later = {"starts_at": soon(172_800), "ends_at": soon(176_400), "reason": "A part is late."}
    hosting.call("operate", "PATCH", f"/v1/maintenance-windows/{window['ref']}", json=later)
    hosting.inbox("acme", count=2)
    act(hosting, window["ref"], "cancel", {"reason": "The part passed its test."})
    entries = [invitation(mail) for mail in hosting.inbox("acme", count=3)]

    assert [method for method, _ in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    uid = f"UID:{window['id']}.{hosting.key('acme')}@tocsin"
    for number, (_, text) in enumerate(entries):
        unfolded = text.replace("\r\n", "\n").replace("\n ", "")
        assert uid in unfolded
        assert f"SEQUENCE:{number}\n" in unfolded
        assert f"X-MAINTNOTE-MAINTENANCE-ID:{window['ref']}\n" in unfolded


def test_what_it_keeps_quiet_is_told_only_if_it_outlasts_the_work(hosting: World) -> None:
    window = announce(hosting, starts=86_400, lasts=3600, alerts="suppress")
    act(hosting, window["ref"], "start")
    result = hosting.alert("mail")
    assert (result["outcome"], result["incident_id"]) == ("suppressed", None)
    assert hosting.alert("mail", status="resolved")["outcome"] == "resolved"
    act(hosting, window["ref"], "end")
    mails = hosting.inbox("acme", count=3)
    assert {window["ref"] in mail["subject"] for mail in mails} == {True}
