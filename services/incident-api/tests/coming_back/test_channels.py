"""Operators see how each channel does, hold it, try it, and lift what is suppressed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from incident_api.forwarding.port import NotAnswering
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Circuit, DeliveryState, Kind, SuppressionCause

pytestmark = pytest.mark.integration

Story = Any


def suppressed(story: Story, **given: Any) -> e.SuppressionChanged:
    now = story.api.clock.now()
    values: dict[str, Any] = {
        "suppression_id": "suppression-1",
        "channel": Channel.EMAIL,
        "cause": SuppressionCause.HARD_BOUNCE,
        "detail": "550 no such user",
        "people": (e.PersonAt(client_key="acme", person="jo", name="Jo Frei"),),
        "since": now,
        "expires_at": now + timedelta(days=30),
    }
    return e.SuppressionChanged(**{**values, **given})


async def operators(story: Story, word: str) -> list[dict[str, Any]]:
    return [
        one["data"]
        for one in await story.api.events("tocsin.incidents")
        if one["type"] in (f"tocsin.operator.{word}.v1", f"tocsin.portal.{word}.v1")
    ]


async def test_what_bounced_is_listed_with_whose_it_is_and_until_when(story: Story) -> None:
    await story.hears(suppressed(story))

    [found] = (await story.gets("/v1/suppressions?client=acme&status=active&channel=email"))[
        "items"
    ]
    assert (found["cause"], found["detail"]) == ("hard_bounce", "550 no such user")
    assert found["people"] == [{"client_key": "acme", "person": "jo", "name": "Jo Frei"}]
    assert (await story.gets("/v1/suppressions?client=birch"))["items"] == []
    story.api.clock.advance(days=31)
    assert (await story.gets("/v1/suppressions?status=active"))["items"] == []
    assert len((await story.gets("/v1/suppressions?status=expired"))["items"]) == 1


async def test_lifting_is_asked_once_and_told_when_the_dispatcher_has_done_it(story: Story) -> None:
    await story.hears(suppressed(story))
    for _ in range(2):
        asked = await story.api.delete(
            "/v1/suppressions/suppression-1?reason=They%20fixed%20it", key="operate"
        )
        assert asked.status_code == 202, asked.text
        assert asked.json()["lift_asked_by"] == "key:operate"
    [told] = await operators(story, "suppression_lifted")
    assert (told["suppression_id"], told["reason"]) == ("suppression-1", "They fixed it")

    since = story.api.clock.now()
    story.api.clock.advance(seconds=1)
    lifted = story.api.clock.now()
    await story.hears(suppressed(story, since=since, lifted_at=lifted, lifted_by="key:operate"))
    await story.hears(suppressed(story, since=since))  # an older word, read again
    [found] = (await story.gets("/v1/suppressions"))["items"]
    assert found["status"] == "lifted"
    over = await story.api.delete("/v1/suppressions/suppression-1", key="operate")
    assert over.status_code == 409


async def test_channels_are_as_the_dispatcher_sees_them_now(story: Story) -> None:
    live = {"channel": "email", "state": "closed", "backlog": 3}
    story.api.dispatcher.said_of_channels = {"items": [live]}

    found = await story.gets("/v1/channels")
    assert (found["items"], found["live"]) == ([live], True)


async def test_while_it_does_not_answer_they_are_as_it_last_said(story: Story) -> None:
    story.api.dispatcher.raises = NotAnswering("gone")
    at = story.api.clock.now()
    sms = {"channel": Channel.SMS, "at": at}
    await story.hears(
        e.ChannelStateChanged(provider="primary", state=Circuit.OPEN, reason="timeouts", **sms),
        e.ChannelStateChanged(provider="secondary", state=Circuit.CLOSED, **sms),
        e.ChannelStateChanged(
            channel=Channel.EMAIL, provider="primary", state=Circuit.CLOSED, paused_by="Ann", at=at
        ),
    )

    found = await story.gets("/v1/channels")
    by_key = {one["channel"]: one for one in found["items"]}
    assert (found["live"], found["as_of"]) == (False, "2026-11-24T12:40:00Z")
    assert (by_key["sms"]["state"], by_key["email"]["state"]) == ("closed", "paused")
    assert by_key["sms"]["providers"][0]["reason"] == "timeouts"
    assert by_key["voice"]["state"] is None


async def test_a_channel_is_paused_and_resumed_by_event(story: Story) -> None:
    paused = await story.api.post("/v1/channels/sms/pause", {"reason": "Costs"}, key="operate")
    resumed = await story.api.post("/v1/channels/sms/resume", key="operate")

    assert (paused.status_code, resumed.status_code) == (202, 202)
    [told] = await operators(story, "channel_paused")
    assert (told["channel"], told["reason"], told["actor"]) == ("sms", "Costs", "key:operate")
    assert len(await operators(story, "channel_resumed")) == 1
    assert (await story.api.post("/v1/channels/fax/pause", key="operate")).status_code == 404
    assert (await story.api.post("/v1/channels/sms/pause", key="read")).status_code == 403


@pytest.mark.parametrize(
    ("channel", "body", "status", "said"),
    [
        ("email", {"client_key": "acme", "person": "jo"}, 202, ""),
        ("email", {"person": "ann"}, 202, ""),
        ("email", {"person": "noc"}, 202, ""),
        ("sms", {"client_key": "acme", "person": "kim"}, 422, "reachable by: email"),
        ("email", {"client_key": "acme", "person": "max"}, 422, "no contact 'max'"),
        ("email", {"person": "jo"}, 422, "client_key"),
    ],
)
async def test_any_destination_can_be_tried(
    story: Story, channel: str, body: dict[str, str], status: int, said: str
) -> None:
    answer = await story.api.post(f"/v1/channels/{channel}/test", body, key="operate")

    assert answer.status_code == status, answer.text
    assert said in answer.text
    assert len(await operators(story, "test_requested")) == (status == 202)


async def test_a_person_is_reached_on_another_channel(story: Story) -> None:
    await story.hears(planned(story, "jo"))
    answer = await story.api.post(
        "/v1/deliveries/delivery-jo/resend", {"channel": "sms"}, key="operate"
    )

    assert answer.status_code == 202, answer.text
    [told] = await operators(story, "resend_requested")
    assert (told["delivery_id"], told["channel"]) == ("delivery-jo", "sms")
    assert "The initial goes to jo of acme once more, by sms." in await story.lines()


async def test_nobody_is_reached_where_there_is_no_address(story: Story) -> None:
    await story.hears(planned(story, "kim"), planned(story, "gone"))
    by_sms = {"channel": "sms"}
    no_phone = await story.api.post("/v1/deliveries/delivery-kim/resend", by_sms, key="operate")
    nobody = await story.api.post("/v1/deliveries/delivery-gone/resend", key="operate")
    unknown = await story.api.post("/v1/deliveries/none/resend", key="operate")

    assert (no_phone.status_code, nobody.status_code, unknown.status_code) == (422, 409, 404)
    assert "reachable by: email" in no_phone.json()["detail"]
    assert await operators(story, "resend_requested") == []


def planned(story: Story, person: str) -> e.NotificationPlanned:
    delivery = e.PlannedDelivery(
        delivery_id=f"delivery-{person}",
        client_key="acme",
        person=person,
        person_name=person.title(),
        roles=("it_lead",),
        channel=Channel.EMAIL,
        state=DeliveryState.FAILED,
        because="it_lead of ACME",
    )
    return e.NotificationPlanned(
        incident_id=story.id, cause_id="event-1", kind=Kind.INITIAL, deliveries=(delivery,)
    )


# ── fewer messages ───────────────────────────────────────────────────────────────────────────────


def wish(story: Story, person: str = "jo", **given: Any) -> e.Unsubscribed:
    return e.Unsubscribed(
        client_key="acme",
        person=person,
        channel=Channel.EMAIL,
        incident_id=story.id,
        one_click=True,
        at=story.api.clock.now(),
        **given,
    )


async def test_who_unsubscribes_hears_of_critical_and_major_outages_only(story: Story) -> None:
    await story.hears(wish(story), wish(story, "kim"), wish(story, "gone"))

    for person in ("jo", "kim"):
        contact = await story.gets(f"/v1/clients/acme/contacts/{person}")
        assert contact["preferences"] == {"severity_at_least": "sev2"}
    changed = [
        one["data"]
        for one in await story.api.events("tocsin.directory")
        if one["type"] == "tocsin.directory.revision_completed.v1"
    ]
    assert len(changed) == 3  # the first start, the directory, and both wishes at once
    assert any("critical and major outages only" in line for line in await story.lines())


async def test_who_wishes_for_even_less_stays_so(story: Story) -> None:
    contact = await story.gets("/v1/clients/acme/contacts/kim")
    contact["preferences"] = {"severity_at_least": "sev1"}
    await story.api.put("/v1/clients/acme/contacts/kim", contact)
    await story.hears(wish(story, "kim"))

    contact = await story.gets("/v1/clients/acme/contacts/kim")
    assert contact["preferences"]["severity_at_least"] == "sev1"


async def test_readiness_names_whom_a_suppression_keeps_from_hearing(story: Story) -> None:
    await story.hears(suppressed(story))

    [at_worst] = (await story.gets("/v1/readiness?client=acme&severity=sev1"))["items"]

    [gap] = [gap for gap in at_worst["gaps"] if gap["problem"] == "suppressed"]
    assert (gap["contact"], gap["channel"]) == ("jo", "email")
    assert "/v1/suppressions" in gap["detail"]


async def test_erasing_a_person_takes_their_name_out_of_what_is_suppressed(story: Story) -> None:
    kim = e.PersonAt(client_key="acme", person="kim", name="Kim Lee")
    await story.hears(suppressed(story, people=(kim,)))
    await story.api.post("/v1/clients/acme/contacts/kim/erase")

    [kept] = (await story.gets("/v1/suppressions"))["items"]
    assert kept["people"][0]["name"] == ""
