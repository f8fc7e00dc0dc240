"""What readers send back, on the channel they read, is part of the outage."""

from __future__ import annotations

import pytest

from tests.e2e.world import Json, World, eventually

pytestmark = pytest.mark.e2e


def jo(world: World, **more: str) -> list[Json]:
    return [{"key": "jo", "name": "Jo Frei", "role": "it", **more}]


def provider(world: World, *, channels: list[str], contacts: list[Json]) -> None:
    world.system("mail")
    world.team("north", account_manager="ann", deputy="tom")
    world.plan("simple", channels=channels)
    world.client("acme", systems=["mail"], plan="simple", team="north", contacts=contacts)


def conversation_of(world: World, incident: Json) -> Json:
    found = world.call("read", "GET", "/v1/conversations", params={"incident": incident["id"]})
    items = found.json()["items"]
    if not items:
        return {}
    return dict(world.call("read", "GET", f"/v1/conversations/{items[0]['id']}").json())


def test_a_question_by_text_reaches_the_account_manager_and_the_answer_comes_back(
    world: World,
) -> None:
    provider(world, channels=["sms"], contacts=jo(world, phone=world.phone("jo")))
    incident = world.opens("mail")
    [first] = world.inbox("jo", channel="sms")
    assert "Reply 1 = received" in first["text"]

    world.answer(first, reply="Is archived mail safe?")

    acknowledged = world.inbox("jo", 2, channel="sms")[1]
    assert "we have your question" in acknowledged["text"]
    question = eventually(
        lambda: [m for m in world.received("ann") if "Is archived mail safe?" in m["text"]],
        "a mail to the account manager",
    )
    assert question[0]["subject"].startswith("Question from Acme")

    conversation = eventually(lambda: conversation_of(world, incident), "a conversation")
    path = f"/v1/conversations/{conversation['id']}/answers"
    world.call("operate", "POST", path, json={"text": "Yes, it is on other storage."})

    answered = world.inbox("jo", 3, channel="sms")[2]
    assert "Yes, it is on other storage." in answered["text"]


def test_a_question_by_mail_is_answered_in_the_askers_own_thread(world: World) -> None:
    contacts = jo(world, email=world.address("jo"))
    provider(world, channels=["email"], contacts=contacts)
    incident = world.opens("mail")
    [first] = world.inbox("jo")

    world.answer(first, reply="Is archived mail safe?")

    conversation = eventually(lambda: conversation_of(world, incident), "a conversation")
    path = f"/v1/conversations/{conversation['id']}/answers"
    world.call("operate", "POST", path, json={"text": "Yes, it is on other storage."})
    mails = world.inbox("jo", 3)
    assert all(mail["subject"].startswith("Re: ") for mail in mails[1:])
    assert "Yes, it is on other storage." in mails[2]["text"]


def test_the_reply_1_of_a_client_confirms_and_of_a_colleague_takes(world: World) -> None:
    trigger = {"severity_at_least": "sev1"}
    step = {"trigger": trigger, "notify": ["account_manager"], "channels": ["sms"]}
    world.policy("text", step)
    provider(world, channels=["sms"], contacts=jo(world, phone=world.phone("jo")))
    plan = world.key("simple")
    body = world.call("read", "GET", f"/v1/communication-plans/{plan}").json()
    world.call(
        "admin",
        "PUT",
        f"/v1/communication-plans/{plan}",
        json={"severities": body["severities"], "escalation_policy": world.key("text")},
    )
    incident = world.opens("mail")
    [notice] = world.inbox("jo", channel="sms")
    [call] = world.inbox("ann", channel="sms")

    world.answer(notice, reply="1")
    world.answer(call, reply="1")

    def confirmed() -> bool:
        lines = world.timeline(incident["id"])
        return any(line["type"] == "receipt_confirmed" for line in lines)

    eventually(lambda: _has_it(world), "a take")
    eventually(confirmed, "a receipt on the timeline")


def test_whose_mail_is_what_failed_is_reached_by_text_and_call(world: World) -> None:
    """The provider's own mail server refuses everything while its outage is told."""
    trigger = {"severity_at_least": "sev1"}
    step = {"trigger": trigger, "notify": ["account_manager"], "channels": ["sms", "voice"]}
    world.policy("text", step)
    world.system("mail")
    world.team("north", account_manager="ann")
    severity = {
        "notify": [
            {
                "roles": ["it"],
                "channels": ["email"],
                "fallback": {"channel": "sms", "after_minutes": 0.02},
            }
        ],
        "first_notice_within_minutes": 10,
        "update_every_minutes": 30,
    }
    plan: Json = {"severities": {"sev1": severity}, "escalation_policy": world.key("text")}
    world.put("communication-plans", world.key("simple"), plan)
    contacts = jo(world, email=world.address("jo"), phone=world.phone("jo"))
    world.client("acme", systems=["mail"], plan="simple", team="north", contacts=contacts)
    world.sandbox_fault("email", mode="retry", code=451, to=world.address("jo"))

    world.opens("mail")

    assert "Mail disrupted for Acme" in world.inbox("jo", channel="sms")[0]["text"]
    assert "Reply 1 to take" in world.inbox("ann", channel="sms")[0]["text"]
    [call] = world.inbox("ann", channel="voice")
    world.answer(call, press="1")
    eventually(lambda: _has_it(world), "Ann has it")
    world.sandbox_fault("email", mode="off")


def _has_it(world: World) -> bool:
    items = world.call("read", "GET", "/v1/incidents", params={"system": world.key("mail")})
    incident = items.json()["items"][0]["id"]
    chains = world.call("read", "GET", f"/v1/incidents/{incident}/escalations").json()
    return any(chain["state"] == "taken" for chain in chains["items"])
