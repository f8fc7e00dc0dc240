"""One outage from the alert to the closing note, through the three processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.world import World, eventually

pytestmark = pytest.mark.e2e

CHANNELS = ("email", "slack", "webhook")


@pytest.fixture
def hosting(world: World) -> World:
    """Mail depends on storage; ACME uses mail, Beta uses storage, Gamma uses neither."""
    world.system("storage")
    world.system("mail", depends_on=["storage"])
    world.system("phones")
    world.plan("all-channels", channels=CHANNELS)
    world.client("acme", systems=["mail"], plan="all-channels", contacts=[_on_all_channels(world)])
    world.client("beta", systems=["storage"], plan="all-channels", timezone="America/New_York")
    world.client("gamma", systems=["phones"], plan="all-channels")
    return world


def _on_all_channels(world: World) -> dict[str, Any]:
    hook = f"{world.document()['sandbox_url']}/webhooks/{world.word}"
    slack = f"C{world.word.upper()}"
    person = {"key": "jo", "name": "Jo Frei", "role": "it", "email": world.address("acme")}
    return {**person, "slack": slack, "webhook": hook}


def test_an_alert_tells_the_clients_that_depend_on_the_system_and_nobody_else(
    hosting: World,
) -> None:
    result = hosting.alert("storage")
    assert (result["outcome"], result["routed"]) == ("opened", True)

    mail = hosting.inbox("acme")[0]
    chat = hosting.inbox(f"C{hosting.word.upper()}", channel="slack")[0]
    hook = hosting.inbox(hosting.word, channel="webhook")[0]
    hosting.inbox("beta")

    incident = hosting.incident(result["incident_id"])
    assert incident["ref"] in mail["subject"]
    assert "Mail" in mail["text"]
    assert "Mail" in chat["text"]
    assert hook["verified"]
    assert hook["body"]["data"]["incident"]["ref"] == incident["ref"]
    audience = {client["client_key"]: client for client in incident["audience"]["clients"]}
    assert set(audience) == {hosting.key("acme"), hosting.key("beta")}
    assert audience[hosting.key("acme")]["via"] == [hosting.key("storage")]
    assert hosting.received("gamma") == []


def test_each_reader_is_told_in_their_own_timezone(hosting: World) -> None:
    hosting.alert("storage")
    assert "Europe/Berlin" in hosting.inbox("acme")[0]["text"]
    assert "America/New_York" in hosting.inbox("beta")[0]["text"]


CLOSING = {
    "root_cause": "A controller lost its memory.",
    "steps_taken": "We replaced it.",
    "prevention": "Controllers are replaced after five years.",
}


@pytest.fixture
def told(hosting: World) -> World:
    """An outage told to its end, each message read before the next is written."""
    number = hosting.alert("storage")["incident_id"]
    found = {"status": "identified", "message": "A disk controller failed.", "eta": _in_hours(1)}
    longer = {"message": "It takes longer.", "eta": _in_hours(2)}
    steps = (("updates", found), ("updates", longer), ("resolve", {"message": "Back."}))
    for count, (what, body) in enumerate((*steps, ("close", CLOSING)), start=1):
        hosting.inbox("acme", count)
        hosting.inbox(f"C{hosting.word.upper()}", count, channel="slack")
        hosting.operate(number, what, body)
    return hosting


def test_every_mail_says_what_is_new_and_the_closing_note_the_root_cause(told: World) -> None:
    mails = [mail["text"] for mail in told.inbox("acme", 5)]
    assert "A disk controller failed." in mails[1]
    assert "It takes longer." in mails[2]
    assert "working again since" in mails[3]
    assert all(each in mails[4] for each in CLOSING.values())


def test_one_outage_is_one_thread_in_mail_and_in_chat(told: World) -> None:
    mails = told.inbox("acme", 5)
    assert len({(mail["thread"], mail["subject"]) for mail in mails}) == 1
    chats = told.inbox(f"C{told.word.upper()}", 5, channel="slack")
    assert len({chat["thread"] for chat in chats}) == 1


def test_a_webhook_names_the_kind_of_each_message(told: World) -> None:
    hooks = told.inbox(told.word, 5, channel="webhook")
    kinds = [hook["body"]["data"]["kind"] for hook in hooks]
    assert kinds == ["initial", "update", "eta_change", "resolved", "closure"]
    assert all(hook["verified"] for hook in hooks)


def test_the_timeline_says_what_was_delivered(hosting: World) -> None:
    number = hosting.alert("storage")["incident_id"]

    def accepted() -> bool:
        told = [line for line in hosting.timeline(number) if line["type"] == "told"]
        to_clients = [line for line in told if line["client_key"]]
        counts = {(line["client_key"], line["channel"]): line["counts"] for line in to_clients}
        return counts == {
            **{(hosting.key("acme"), channel): {"accepted": 1} for channel in CHANNELS},
            (hosting.key("beta"), "email"): {"accepted": 1},
            (hosting.key("beta"), "slack"): {"skipped": 1},
            (hosting.key("beta"), "webhook"): {"skipped": 1},
        }

    eventually(accepted, "four accepted messages, and two that Beta has no address for")


def test_an_incident_resolves_by_itself_when_all_its_alerts_did(hosting: World) -> None:
    number = hosting.alert("storage", "First")["incident_id"]
    hosting.inbox("acme")
    hosting.alert("storage", "First", status="resolved")
    assert "working again since" in hosting.inbox("acme", 2)[1]["text"]
    assert hosting.incident(number)["status"] == "resolved"


def test_the_same_alert_again_tells_nobody_again(hosting: World) -> None:
    first = hosting.alert("storage")
    again = hosting.alert("storage")
    assert (again["outcome"], again["incident_id"]) == ("deduplicated", first["incident_id"])
    hosting.operate(first["incident_id"], "resolve", {"message": "Back."})
    texts = [mail["text"] for mail in hosting.inbox("acme", 2)]
    assert sum("What we are doing:" in text for text in texts) == 1


def _in_hours(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
