"""What dispatcher and escalation said comes back onto the incident's timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from incident_api.intake.handlers import handle
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Channel, DeliveryState, Kind, StaffRole
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration


class Story:
    """One published incident, and what other services say of it."""

    def __init__(self, api: Any, incident: dict[str, Any], opened: dict[str, Any]) -> None:
        self.api = api
        self.incident = incident
        self.cause_id: str = opened["id"]
        self.snapshot = IncidentSnapshot.model_validate(opened["data"]["incident"])

    async def hears(self, *said: EventData) -> None:
        now = self.api.clock.now()
        events = [
            new_event(data, source="dispatcher", subject=self.incident["id"], now=now)
            for data in said
        ]
        async with self.api.database.transaction() as conn:
            await handle(conn, events)

    async def reads(self, what: str) -> list[dict[str, Any]]:
        answer = await self.api.get(f"/v1/incidents/INC-1001/{what}", key="read")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def planned(self, *people: str, channel: Channel = Channel.EMAIL) -> e.NotificationPlanned:
        return e.NotificationPlanned(
            incident_id=self.incident["id"],
            cause_id=self.cause_id,
            kind=Kind.INITIAL,
            deliveries=tuple(
                e.PlannedDelivery(
                    delivery_id=f"{person}-{channel}",
                    client_key="acme",
                    person=person,
                    person_name=person.title(),
                    roles=("it_lead",),
                    channel=channel,
                    state=DeliveryState.PENDING,
                    because="it_lead of ACME",
                )
                for person in people
            ),
        )

    def outcome(
        self,
        person: str,
        state: DeliveryState,
        *,
        later: int = 0,
        attempt: int = 1,
        reason: str | None = None,
    ) -> e.OutcomesRecorded:
        outcome = e.Outcome(
            delivery_id=f"{person}-email",
            cause_id=self.cause_id,
            kind=Kind.INITIAL,
            client_key="acme",
            person=person,
            channel=Channel.EMAIL,
            state=state,
            reason=reason,
            attempt=attempt,
            at=self.api.clock.now() + timedelta(seconds=later),
        )
        return e.OutcomesRecorded(incident_id=self.incident["id"], outcomes=(outcome,))

    def about(self) -> dict[str, Any]:
        return {
            "incident": self.snapshot,
            "client_keys": ("acme",),
            "at": self.api.clock.now(),
        }

    def fired(self, late_by_seconds: int | None = None) -> e.StepFired:
        return e.StepFired(
            **self.about(),
            policy_key="critical",
            step=0,
            call=0,
            trigger="unacknowledged",
            reason="nobody has acknowledged it for 15 minutes",
            notify=(e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER),),
            channels=(Channel.EMAIL,),
            due_at=self.api.clock.now(),
            late_by_seconds=late_by_seconds,
        )

    def taken(self) -> e.EscalationTaken:
        return e.EscalationTaken(
            **self.about(),
            person="ann",
            person_name="Ann Weiss",
            expires_at=self.api.clock.now() + timedelta(minutes=30),
        )


@pytest.fixture
async def story(api: Any, directory_document: Any) -> Story:
    await api.put("/v1/directory", directory_document)
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    incident = (await api.post("/v1/incidents", body)).json()
    (opened,) = await api.events("tocsin.incidents")
    api.clock.advance(seconds=1)
    return Story(api, incident, opened)


def told_lines(items: Sequence[dict[str, Any]]) -> list[str]:
    return [item["text"] for item in items if item["type"] == "told"]


async def test_messages_are_one_line_for_each_client_and_channel_with_counts(story: Story) -> None:
    await story.hears(story.planned("jo", "kim"), story.planned("jo", channel=Channel.SLACK))
    await story.hears(story.outcome("jo", DeliveryState.ACCEPTED, later=1))
    assert set(told_lines(await story.reads("timeline"))) == {
        "acme by email, initial: 1 accepted, 1 pending.",
        "acme by slack, initial: 1 pending.",
    }
    first = (await story.reads("timeline"))[-1]
    assert first["type"] == "opened"


async def test_every_delivery_is_listed_with_its_person_and_reason(story: Story) -> None:
    await story.hears(
        story.planned("jo"),
        story.outcome("jo", DeliveryState.FAILED, later=1, reason="550 no such user"),
    )
    (delivery,) = await story.reads("deliveries")
    assert (delivery["person_name"], delivery["state"]) == ("Jo", "failed")
    assert delivery["reason"] == "550 no such user"
    assert delivery["because"] == "it_lead of ACME"


async def test_an_older_outcome_never_replaces_a_newer_one(story: Story) -> None:
    await story.hears(story.planned("jo"))
    await story.hears(story.outcome("jo", DeliveryState.DELIVERED, later=9))
    await story.hears(story.outcome("jo", DeliveryState.ACCEPTED, later=2))
    (delivery,) = await story.reads("deliveries")
    assert delivery["state"] == "delivered"


async def test_a_dispatcher_whose_clock_is_behind_is_believed_all_the_same(story: Story) -> None:
    await story.hears(story.planned("jo"))
    await story.hears(story.outcome("jo", DeliveryState.PENDING, later=-60))
    await story.hears(story.outcome("jo", DeliveryState.ACCEPTED, later=-50, attempt=2))
    (delivery,) = await story.reads("deliveries")
    assert (delivery["state"], delivery["attempt"]) == ("accepted", 2)


async def test_what_was_settled_is_not_undone_by_what_was_said_before(story: Story) -> None:
    await story.hears(story.planned("jo"))
    await story.hears(
        story.outcome("jo", DeliveryState.FAILED, attempt=2),
        story.outcome("jo", DeliveryState.PENDING, attempt=1, later=9),
    )
    await story.hears(story.outcome("jo", DeliveryState.PENDING, attempt=3, later=9))
    (delivery,) = await story.reads("deliveries")
    assert delivery["state"] == "failed"


async def test_a_message_replaced_after_its_first_try_is_superseded(story: Story) -> None:
    await story.hears(story.planned("jo"), story.outcome("jo", DeliveryState.PENDING))
    await story.hears(story.outcome("jo", DeliveryState.SUPERSEDED, attempt=0))
    (delivery,) = await story.reads("deliveries")
    assert delivery["state"] == "superseded"


async def test_what_was_thought_needless_is_sent_after_all_when_the_other_came_back(
    story: Story,
) -> None:
    await story.hears(story.planned("jo"), story.outcome("jo", DeliveryState.SKIPPED, attempt=0))
    await story.hears(story.outcome("jo", DeliveryState.ACCEPTED, later=60))
    (delivery,) = await story.reads("deliveries")
    assert delivery["state"] == "accepted"


async def test_a_call_that_nobody_answered_is_under_way_again(story: Story) -> None:
    await story.hears(
        story.planned("jo"),
        story.outcome("jo", DeliveryState.ACCEPTED),
        story.outcome("jo", DeliveryState.PENDING, reason="busy"),
        story.outcome("jo", DeliveryState.ACCEPTED, attempt=2),
    )
    await story.hears(
        story.outcome("jo", DeliveryState.PENDING, attempt=2, reason="nobody answered")
    )
    (delivery,) = await story.reads("deliveries")
    assert (delivery["state"], delivery["reason"]) == ("pending", "nobody answered")


async def test_a_late_call_says_so_in_a_sentence_of_its_own(story: Story) -> None:
    await story.hears(story.fired(late_by_seconds=120))
    line = (await story.reads("timeline"))[0]
    assert line["text"].endswith("for 15 minutes. The call was 120 s late.")


async def test_an_erased_person_has_no_name_in_what_they_were_sent(story: Story) -> None:
    await story.hears(
        story.planned("jo", "kim"),
        story.outcome("jo", DeliveryState.SKIPPED, reason="Jo has no sms address"),
    )
    await story.api.post("/v1/clients/acme/contacts/jo/erase")

    kept = {one["person"]: one for one in await story.reads("deliveries")}
    assert (kept["jo"]["person_name"], kept["kim"]["person_name"]) == ("", "Kim")
    assert kept["jo"]["reason"] == "this person has no sms address"
    said = [one["data"] for one in await story.api.events("tocsin.directory")]
    assert {"revision": 3, "client_key": "acme", "person": "jo"} in said


async def test_what_is_read_again_does_not_bring_an_erased_name_back(story: Story) -> None:
    sent = story.planned("jo", "kim")
    await story.hears(sent)
    await story.api.post("/v1/clients/acme/contacts/jo/erase")
    await story.hears(sent)
    names = {one["person"]: one["person_name"] for one in await story.reads("deliveries")}
    assert names == {"jo": "", "kim": "Kim"}

    story.api.clock.advance(days=1)
    contact = {"name": "Jo Berg", "role": "it_lead", "email": "jo@acme.example"}
    await story.api.put("/v1/clients/acme/contacts/jo", contact)
    await story.hears(story.planned("jo"))  # another person by the same key
    names = {one["person"]: one["person_name"] for one in await story.reads("deliveries")}
    assert names["jo"] == "Jo"


async def test_an_outcome_that_overtakes_its_plan_is_kept(story: Story) -> None:
    await story.hears(story.outcome("jo", DeliveryState.ACCEPTED, later=1))
    await story.hears(story.planned("jo"))
    (delivery,) = await story.reads("deliveries")
    assert (delivery["state"], delivery["person_name"]) == ("accepted", "Jo")


async def test_who_was_brought_in_and_who_has_it(story: Story) -> None:
    await story.hears(story.fired())
    (chain,) = await story.reads("escalations")
    assert (chain["client_key"], chain["state"]) == ("acme", "notified")
    story.api.clock.advance(minutes=1)
    await story.hears(story.taken())
    (chain,) = await story.reads("escalations")
    assert (chain["state"], chain["person_name"]) == ("taken", "Ann Weiss")
    lines = await story.reads("timeline")
    assert [line["text"] for line in lines[:2]] == [
        "Ann Weiss takes it.",
        "Brought in Ann Weiss (account manager) by email:"
        " nobody has acknowledged it for 15 minutes.",
    ]
    assert lines[0]["actor"] == "system:escalation"


async def test_a_client_that_waits_for_its_directory_is_said_to(story: Story) -> None:
    await story.hears(
        e.ClientWaiting(
            incident_id=story.incident["id"], client_key="acme", needs_revision=7, has_revision=5
        )
    )
    line = (await story.reads("timeline"))[0]
    assert line["type"] == "client_waiting"
    assert "acme is not told yet" in line["text"]


async def test_words_about_an_incident_we_do_not_know_are_left_out(story: Story) -> None:
    await story.hears(
        e.ClientWaiting(incident_id="unknown", client_key="acme", needs_revision=1, has_revision=0)
    )
    assert len(await story.reads("timeline")) == 1


async def test_a_long_timeline_is_paged_without_gaps(story: Story) -> None:
    await story.hears(story.planned("jo", "kim"), story.planned("jo", channel=Channel.SLACK))
    await story.hears(*[story.fired() for _ in range(5)])
    seen: list[str] = []
    cursor = ""
    while True:
        answer = await story.api.get(f"/v1/incidents/INC-1001/timeline?limit=3{cursor}", key="read")
        seen += [item["id"] for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        cursor = f"&cursor={answer.json()['next_cursor']}"
    assert len(seen) == len(set(seen)) == 8
