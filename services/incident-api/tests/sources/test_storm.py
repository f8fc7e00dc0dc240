"""Many alerts, one outage: one of its incidents speaks for all, and says it once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
import pytest_asyncio

pytestmark = pytest.mark.integration


class Storm:
    """A tool whose every alert has a dedup key of its own, all on the storage."""

    def __init__(self, desk: Any) -> None:
        self.desk, self.api, self.clock = desk, desk.api, desk.clock

    async def fires(
        self, name: str, *, system: str = "storage-eu", severity: str = "critical"
    ) -> str:
        return await self._sends(name, "firing", system, severity)

    async def ends(self, name: str, *, system: str = "storage-eu") -> str:
        return await self._sends(name, "resolved", system, "critical")

    async def _sends(self, name: str, status: str, system: str, severity: str) -> str:
        body = {"key": name, "status": status, "title": name, "severity": severity}
        answer = await self.api.post("/v1/ingest/generic", {**body, "system": system}, key="ingest")
        assert answer.status_code == 202, answer.text
        return str(answer.json()["results"][0]["outcome"])

    async def all_of(self, status: str, names: Iterable[str]) -> Counter[str]:
        act = self.fires if status == "firing" else self.ends
        return Counter(await asyncio.gather(*(act(name) for name in names)))

    async def told(self) -> list[tuple[str, str, list[str] | None]]:
        """Every event that makes messages: the incident, the kind, and for whom."""
        return [
            (e["data"]["incident"]["ref"], e["data"]["kind"], e["data"]["only_clients"])
            for e in await self.desk.events()
            if e["data"].get("kind")
        ]

    async def parents(self) -> dict[str, str | None]:
        rows = await self.api.database.pool.fetch(
            "SELECT c.ref, p.ref AS parent FROM incidents c LEFT JOIN incidents p"
            " ON p.id = c.parent_id ORDER BY c.known_at, c.id"
        )
        return {row["ref"]: row["parent"] for row in rows}


@pytest_asyncio.fixture
async def storm(desk: Any) -> Storm:
    return Storm(desk)


async def test_two_hundred_alerts_at_once_are_one_outage_told_once(storm: Storm) -> None:
    names = [f"disk-{number}" for number in range(200)]
    assert await storm.all_of("firing", names) == {"opened": 200}
    parents = await storm.parents()
    alone = [ref for ref, parent in parents.items() if parent is None]
    assert len(alone) == 1
    assert set(parents.values()) == {None, alone[0]}
    assert await storm.told() == [(alone[0], "initial", None)]
    parent = await storm.desk.reads(f"/{alone[0]}")
    assert parent["audience"]["version"] == 1, "nobody joined"
    assert len(parent["children"]) == 199


async def test_a_child_promises_nothing_of_its_own(storm: Storm) -> None:
    await storm.fires("disk-1")
    await storm.fires("disk-2")
    opened, linked = [e["data"] for e in (await storm.desk.events())[-2:]]
    assert opened["incident"]["parent_id"] == linked["incident"]["parent_id"] is not None
    for client in opened["audience"]["clients"]:
        assert (client["first_notice_due"], client["next_update_due"]) == (None, None)
    assert (linked["parent_ref"], linked["by_rule"]) == ("INC-1001", True)
    assert "the same systems as INC-1001" in linked["reason"]


async def test_the_outage_ends_once_all_of_it_has(storm: Storm) -> None:
    names = ["disk-1", "disk-2", "disk-3"]
    for name in names:
        await storm.fires(name)
    await storm.ends("disk-1")
    assert (await storm.desk.reads("/INC-1001"))["status"] == "investigating"
    await storm.ends("disk-3")
    await storm.ends("disk-2")
    assert (await storm.desk.reads("/INC-1001"))["status"] == "resolved"
    assert await storm.told() == [("INC-1001", "initial", None), ("INC-1001", "resolved", None)]


async def test_what_ends_at_once_ends_once(storm: Storm) -> None:
    names = [f"disk-{number}" for number in range(40)]
    await storm.all_of("firing", names)
    await storm.all_of("resolved", names)
    assert [kind for _, kind, _ in await storm.told()] == ["initial", "resolved"]
    open_ones = await storm.desk.reads("?status=open")
    assert open_ones["items"] == []


async def test_what_comes_back_comes_back_as_one(storm: Storm) -> None:
    names = ["disk-1", "disk-2", "disk-3"]
    await storm.all_of("firing", names)
    await storm.all_of("resolved", names)
    storm.clock.advance(minutes=10)
    again = await storm.all_of("firing", names)
    assert set(again) <= {"reopened", "updated"}, "updated: a part of it had reopened it before"
    assert await storm.fires("disk-4") == "opened"
    assert [kind for _, kind, _ in await storm.told()] == ["initial", "resolved", "reopened"]


async def test_a_worse_alert_is_not_hidden_in_a_lesser_incident(storm: Storm) -> None:
    await storm.fires("slow", severity="warning")
    await storm.fires("down", severity="critical")
    await storm.fires("down-too", severity="critical")
    assert await storm.parents() == {"INC-1001": None, "INC-1002": None, "INC-1003": "INC-1002"}


async def test_what_began_long_ago_is_another_story(storm: Storm) -> None:
    await storm.fires("disk-1")
    storm.clock.advance(minutes=31)
    await storm.fires("disk-2")
    await storm.fires("disk-3")
    assert await storm.parents() == {"INC-1001": None, "INC-1002": None, "INC-1003": "INC-1002"}


async def test_another_system_is_another_outage(storm: Storm) -> None:
    await storm.fires("disk-1")
    await storm.fires("vpn", system="vpn-us")
    await storm.fires("mail", system="mail-eu")
    assert set((await storm.parents()).values()) == {None}


async def test_what_rests_on_another_failed_system_has_that_ones_root(storm: Storm) -> None:
    """Mail EU rests on Storage EU, so an alert about both is about the storage."""
    await storm.fires("disk-1")
    await storm.fires("both", system="storage-eu,mail-eu")
    assert await storm.parents() == {"INC-1001": None, "INC-1002": "INC-1001"}
    assert [kind for _, kind, _ in await storm.told()] == ["initial"]


async def test_where_the_provider_links_by_hand_each_speaks_for_itself(
    storm: Storm, directory_document: dict[str, Any]
) -> None:
    directory_document["provider"]["linking"] = {"same_root_within_minutes": 0}
    await storm.api.put("/v1/directory", directory_document)
    await storm.fires("disk-1")
    await storm.fires("disk-2")
    assert await storm.parents() == {"INC-1001": None, "INC-1002": None}


async def test_one_payload_with_many_alerts_is_one_outage_too(storm: Storm) -> None:
    alerts = [
        {"status": "firing", "labels": {"alertname": f"a{n}", "system": "storage-eu"}}
        for n in range(5)
    ]
    for alert in alerts:
        await storm.api.post("/v1/ingest/alertmanager", {"alerts": [alert]}, key="ingest")
    assert Counter((await storm.parents()).values()) == {None: 1, "INC-1001": 4}


async def test_a_client_that_an_alert_names_joins_the_outage_that_speaks_for_it(
    storm: Storm,
) -> None:
    await storm.fires("disk-1")
    body = {"key": "disk-2", "title": "disk-2", "severity": "critical", "system": "storage-eu"}
    await storm.api.post("/v1/ingest/generic", {**body, "client": "cedar"}, key="ingest")
    assert await storm.told() == [
        ("INC-1001", "initial", None),
        ("INC-1001", "initial", ["cedar"]),
    ]
    clients = (await storm.desk.reads("/INC-1001"))["audience"]["clients"]
    assert {client["client_key"] for client in clients} == {"acme", "birch", "cedar"}


async def test_an_alert_of_a_group_joins_its_incident_also_where_another_speaks_for_that(
    storm: Storm,
) -> None:
    """Linked by hand, the one that speaks shares neither alert nor system with the payload."""

    async def groups(fingerprint: str) -> Any:
        alert = {
            "status": "firing",
            "fingerprint": fingerprint,
            "labels": {"alertname": "VpnDown", "severity": "critical", "system": "vpn-us"},
        }
        body = {"version": "4", "groupKey": "vpn", "alerts": [alert]}
        return await storm.api.post("/v1/ingest/alertmanager", body, key="ingest")

    await storm.desk.opens(system_keys=["storage-eu"])
    await groups("one")
    linked = await storm.desk.posts("INC-1002/parent", {"incident_id": "INC-1001"})
    assert linked.status_code == 200, linked.text
    answer = await groups("two")
    assert answer.status_code == 202, answer.text
    (result,) = answer.json()["results"]
    assert (result["outcome"], result["incident_id"]) == ("updated", linked.json()["id"])
