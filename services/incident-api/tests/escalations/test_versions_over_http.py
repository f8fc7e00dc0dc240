"""A policy changes while escalations run: they keep what they began with, and that is said."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import pytest_asyncio
from incident_api.intake.handlers import handle
from incident_api.testing import Api
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

Document = dict[str, Any]
PATH = "/v1/escalation-policies/critical"
LATER = {
    "steps": [
        {
            "trigger": {"unacknowledged": True},
            "after_minutes": 5,
            "notify": ["deputy"],
            "channels": ["voice"],
        }
    ]
}


class Desk:
    def __init__(self, api: Api, document: Document) -> None:
        self.api = api
        self.document = document

    async def outage(self, *clients: str) -> IncidentSnapshot:
        """Opened, and an escalation of each client armed by the policy as it is now."""
        body = {
            "title": "Mail EU is down",
            "severity": "sev1",
            "client_keys": list(clients),
        }
        opened = (await self.api.post("/v1/incidents", body, key="operate")).json()
        told = [one for one in await self.api.events() if one["subject"] == opened["id"]]
        snapshot = IncidentSnapshot.model_validate(told[0]["data"]["incident"])
        revision = (await self.versions())[0]["revision"]
        await self.hears(
            e.EscalationArmed, snapshot, clients, policy_key="critical", policy_revision=revision
        )
        return snapshot

    async def hears(
        self,
        kind: type[e.EscalationEvent],
        snapshot: IncidentSnapshot,
        clients: tuple[str, ...],
        **given: Any,
    ) -> None:
        now = self.api.clock.advance(seconds=1)
        data: EventData = kind(incident=snapshot, client_keys=clients, at=now, **given)
        event = new_event(data, source="escalation", subject=snapshot.id, now=now)
        async with self.api.database.transaction() as conn:
            await handle(conn, [event])

    async def versions(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self.api.get(f"{PATH}/versions{query}", key="read")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def changes(self, body: Document) -> list[str]:
        answer = await self.api.put(PATH, body)
        assert answer.status_code == 200, answer.text
        return list(answer.json().get("notes", []))


@pytest_asyncio.fixture
async def desk(api: Api, directory_document: Document) -> Desk:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return Desk(api, directory_document)


async def test_a_change_says_which_escalations_keep_the_old_one(desk: Desk) -> None:
    first = await desk.outage("acme", "birch")
    second = await desk.outage("acme")

    assert await desk.changes(LATER) == [
        "3 running escalations keep 'critical' as it was:"
        f" {first.ref} (ACME GmbH, Birch Ltd), {second.ref} (ACME GmbH)."
    ]


async def test_so_does_a_whole_directory_and_nothing_is_changed_by_a_dry_run(desk: Desk) -> None:
    await desk.outage("acme")
    [policy] = desk.document["escalation_policies"]
    policy["steps"] = LATER["steps"]

    answer = await desk.api.put("/v1/directory?dry_run=true", desk.document)
    note, *_ = answer.json()["notes"]
    assert note.startswith("1 running escalation keeps 'critical' as it was: INC-")
    assert len(await desk.versions()) == 1


async def test_what_has_ended_keeps_nothing(desk: Desk) -> None:
    outage = await desk.outage("acme")
    await desk.hears(e.EscalationStopped, outage, ("acme",), reason="The incident is resolved.")
    assert await desk.changes(LATER) == []


async def test_writing_the_same_again_is_no_change(desk: Desk) -> None:
    await desk.outage("acme")
    [policy] = desk.document["escalation_policies"]
    assert await desk.changes(policy) == []
    assert len(await desk.versions()) == 1


async def test_versions_are_listed_with_what_still_runs_so(desk: Desk) -> None:
    await desk.outage("acme", "birch")
    before = desk.api.clock.now()
    await desk.changes(LATER)
    await desk.outage("acme")

    newest, oldest = await desk.versions()
    assert newest["document"] == {"key": "critical", "chain": "account", **LATER}
    assert (newest["by"], newest["running"], newest["changed_at"][:19]) == (
        "key:admin",
        1,
        before.isoformat()[:19],
    )
    assert (len(oldest["document"]["steps"]), oldest["running"]) == (2, 2)
    assert newest["revision"] > oldest["revision"]


async def test_versions_are_pages(desk: Desk) -> None:
    await desk.changes(LATER)
    first = await desk.api.get(f"{PATH}/versions?limit=1", key="read")
    rest = await desk.versions(f"?limit=1&cursor={first.json()['next_cursor']}")
    assert [len(one["document"]["steps"]) for one in (*first.json()["items"], *rest)] == [1, 2]


@pytest.mark.parametrize("position", ["[]", '["x"]', '["1","2"]', f'["{"9" * 40}"]'])
async def test_a_cursor_of_another_list_is_refused(desk: Desk, position: str) -> None:
    cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    answer = await desk.api.get(f"{PATH}/versions?cursor={cursor}", key="read")
    assert answer.status_code == 422
    assert "cursor" in answer.text


async def test_an_old_version_can_be_tried(desk: Desk) -> None:
    await desk.changes(LATER)
    old = (await desk.versions())[1]["document"]
    body = {
        "severity": "sev1",
        "system_keys": ["mail-eu"],
        "started_at": "2026-11-29T02:00:00+01:00",
        "escalation_policies": [old],
    }
    answer = await desk.api.post("/v1/simulate", body)
    assert answer.status_code == 200, answer.text
    [question] = desk.api.escalation.asked
    assert len(question.policies[0].steps) == 2


async def test_hours_on_the_providers_clock_are_told_anew_when_it_moves(desk: Desk) -> None:
    hours = {"steps": [{**LATER["steps"][0], "hours": {"mon-fri": "08:00-18:00"}}]}
    await desk.changes(hours)
    desk.document["provider"]["timezone"] = "Europe/London"
    await desk.api.put("/v1/directory", {"provider": desk.document["provider"]})

    newest, before, _ = await desk.versions()
    assert newest["document"] == before["document"]
    told = [
        one["data"]["document"]["steps"][0]["hours"]
        for one in await desk.api.events("tocsin.directory")
        if one["type"] == "tocsin.policy.changed.v1" and one["data"]["key"] == "critical"
    ]
    assert [one["timezone"] for one in told if one] == ["Europe/Berlin", "Europe/London"]


async def test_the_built_in_policy_has_one_version_and_can_be_written_as_it_is_read(
    desk: Desk,
) -> None:
    path = "/v1/escalation-policies/default"
    read = (await desk.api.get(path)).json()
    [only] = (await desk.api.get(f"{path}/versions")).json()["items"]
    assert (only["document"], only["changed_at"]) == (read, None)

    written = await desk.api.put(path, read)
    assert written.status_code == 201, written.text
    assert (await desk.api.get(f"{path}/versions")).json()["items"] == [only]

    await desk.api.put(path, LATER)
    [newest] = (await desk.api.get(f"{path}/versions")).json()["items"]
    assert newest["by"] == "key:admin"
    assert (await desk.api.delete(path)).status_code == 204
    removed = (await desk.api.get(f"{path}/versions")).json()["items"][0]
    assert removed["document"] is None


async def test_a_policy_that_never_was_has_no_versions(desk: Desk) -> None:
    answer = await desk.api.get("/v1/escalation-policies/none/versions")
    assert answer.status_code == 404


async def test_likely_slips_are_said_and_change_nothing(desk: Desk) -> None:
    twice = {"steps": [*LATER["steps"], {**LATER["steps"][0], "client_tags": ["vpi"]}] * 2}
    assert await desk.changes(twice) == [
        "Steps 1 and 3 of 'critical' are the same, so people are called twice at once; remove one"
        " if that is not meant.",
        "Steps 2 and 4 of 'critical' are the same, so people are called twice at once; remove one"
        " if that is not meant.",
        "No client has the tag 'vpi' that 'critical' names; what asks for it waits.",
    ]
    assert len((await desk.api.get(PATH)).json()["steps"]) == 4
