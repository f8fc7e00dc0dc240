"""What was promised and kept, asked over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from incident_api.intake.handlers import handle
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Channel, DeliveryState, Kind, Promise
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration


class Clock:
    """Escalation's word on promises and dispatcher's on messages, for one incident at a time."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        self.api = desk.api

    async def snapshot(self, ref: str) -> IncidentSnapshot:
        wanted = (await self.desk.reads(f"/{ref}"))["id"]
        events = [event["data"] for event in await self.desk.events()]
        found = next(
            data["incident"] for data in events if data.get("incident", {}).get("id") == wanted
        )
        return IncidentSnapshot.model_validate(found)

    async def hears(self, *said: EventData) -> None:
        now = self.api.clock.now()
        async with self.api.database.transaction() as conn:
            await handle(
                conn, [new_event(data, source="escalation", subject="-", now=now) for data in said]
            )

    async def judges(
        self, ref: str, promise: Promise, due: float, done: float | None, client: str = "acme"
    ) -> None:
        """Minutes after it was known; ``done`` ``None``: nothing came."""
        snapshot = await self.snapshot(ref)
        about: dict[str, Any] = {
            "incident": snapshot,
            "client_keys": (client,),
            "at": snapshot.known_at + timedelta(minutes=max(due, done or 0)),
            "promise": promise,
            "due_at": snapshot.known_at + timedelta(minutes=due),
        }
        moment = None if done is None else snapshot.known_at + timedelta(minutes=done)
        if moment is not None and moment <= about["due_at"]:
            await self.hears(e.PromiseKept(**about, done_at=moment))
        else:
            await self.hears(
                e.PromiseBreached(**about, done_at=moment, reason="the mail server was away")
            )

    async def sends(self, ref: str, number: int, state: DeliveryState, *, client: str) -> None:
        snapshot = await self.snapshot(ref)
        delivery = e.PlannedDelivery(
            delivery_id=f"{ref}-{number:04}",
            client_key=client,
            person="jo",
            person_name="Jo Frei",
            roles=("it_lead",),
            channel=Channel.EMAIL,
            state=state,
            because="it_lead",
        )
        await self.hears(
            e.NotificationPlanned(
                incident_id=snapshot.id, cause_id="c", kind=Kind.INITIAL, deliveries=(delivery,)
            )
        )

    async def gets(self, path: str, **headers: str) -> Any:
        answer = await self.api.get(f"/v1{path}", key="read", **headers)
        assert answer.status_code == 200, answer.text
        return answer


@pytest_asyncio.fixture
async def clock(desk: Any) -> Clock:
    return Clock(desk)


async def test_an_open_incident_shows_what_is_still_to_come(clock: Clock) -> None:
    await clock.desk.opens(system_keys=["storage-eu"])
    (acme, birch) = (await clock.gets("/incidents/INC-1001/sla")).json()["items"]
    assert [acme["client_key"], acme["plan_key"]] == ["acme", "gold"]
    assert [(one["promise"], one["state"]) for one in acme["promises"]] == [
        ("first_notice", "pending"),
        ("update", "pending"),
    ]
    assert birch["client_key"] == "birch"


async def test_what_was_judged_stands_with_its_moment_and_reason(clock: Clock) -> None:
    await clock.desk.opens()
    await clock.judges("INC-1001", Promise.FIRST_NOTICE, due=0.2, done=0.1)
    await clock.judges("INC-1001", Promise.UPDATE, due=30, done=None)
    await clock.judges("INC-1001", Promise.UPDATE, due=30, done=34)
    acme = (await clock.gets("/incidents/INC-1001/sla")).json()["items"][0]
    judged = [one for one in acme["promises"] if one["state"] != "pending"]
    assert [(one["state"], one["late_minutes"]) for one in judged] == [
        ("kept", None),
        ("breached", 4),
    ]
    assert judged[1]["reason"] == "the mail server was away"
    assert (acme["kept"], acme["broken"]) == (1, 1)
    lines = (await clock.desk.reads("/INC-1001/timeline"))["items"]
    texts = [line["text"] for line in lines if line["type"] == "promise_breached"]
    assert len(texts) == 2
    assert "came late, at" in texts[0] or "came late, at" in texts[1]


async def test_an_older_word_on_a_promise_never_replaces_a_newer_one(clock: Clock) -> None:
    await clock.desk.opens()
    await clock.judges("INC-1001", Promise.UPDATE, due=30, done=34)
    await clock.judges("INC-1001", Promise.UPDATE, due=30, done=None)
    acme = (await clock.gets("/incidents/INC-1001/sla")).json()["items"][0]
    (one,) = [one for one in acme["promises"] if one["state"] == "breached"]
    assert one["done_at"] is not None


async def test_the_figures_of_a_span_leave_exercises_out(clock: Clock) -> None:
    await clock.desk.opens()
    await clock.desk.opens(title="Exercise", drill=True, severity="sev2")
    for ref in ("INC-1001", "INC-1002"):
        await clock.judges(ref, Promise.FIRST_NOTICE, due=10, done=4)
        await clock.judges(ref, Promise.UPDATE, due=40, done=None)
        await clock.sends(ref, 1, DeliveryState.DELIVERED, client="acme")
    figures = (await clock.gets("/statistics")).json()
    assert figures["open_by_severity"] == {
        **dict.fromkeys(("sev2", "sev3", "sev4", "sev5"), 0),
        "sev1": 1,
    }
    assert figures["time_to_first_notice_seconds"] == {"p50": 240, "p95": 240, "count": 1}
    assert figures["promises"]["kept_percent"] == 50.0
    assert figures["promises"]["by_promise"]["update"] == {
        "kept": 0,
        "broken": 1,
        "kept_percent": 0.0,
    }
    assert figures["deliveries"] == {"email": {"delivered": 1}}


async def test_figures_begin_where_they_are_asked_to(clock: Clock) -> None:
    await clock.desk.opens()
    await clock.judges("INC-1001", Promise.FIRST_NOTICE, due=10, done=4)
    clock.api.clock.advance(days=3)
    since = (clock.api.clock.now() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    figures = (await clock.gets(f"/statistics?since={since}")).json()
    assert figures["promises"]["kept"] == 0
    assert figures["time_to_first_notice_seconds"]["p50"] is None
    assert figures["open_by_severity"]["sev1"] == 1  # open is open, whenever it began
    future = (clock.api.clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    refused = await clock.api.get(f"/v1/statistics?since={future}", key="read")
    assert refused.status_code == 422


async def test_a_clients_month_has_its_outages_promises_and_messages(clock: Clock) -> None:
    await clock.desk.opens()
    await clock.desk.opens(title="Exercise", drill=True)
    await clock.judges("INC-1001", Promise.FIRST_NOTICE, due=10, done=4)
    await clock.judges("INC-1001", Promise.UPDATE, due=40, done=44)
    await clock.judges("INC-1001", Promise.UPDATE, due=40, done=40, client="birch")
    await clock.sends("INC-1001", 1, DeliveryState.DELIVERED, client="acme")
    await clock.sends("INC-1001", 2, DeliveryState.FAILED, client="acme")
    await clock.sends("INC-1001", 3, DeliveryState.DELIVERED, client="birch")
    clock.api.clock.advance(hours=2)
    await clock.desk.posts("INC-1001/resolve", {"message": "It works again."})
    month = clock.api.clock.now().strftime("%Y-%m")

    report = (await clock.gets(f"/clients/acme/report?month={month}")).json()
    (outage,) = report["outages"]
    assert (outage["ref"], outage["systems"], outage["minutes"]) == ("INC-1001", ["Postfach"], 120)
    assert (report["promises_kept"], report["promises_broken"]) == (1, 1)
    assert report["broken"][0]["late_minutes"] == 4
    assert report["messages"] == [{"channel": "email", "got_there": 1, "failed": 1}]

    page = await clock.gets(f"/clients/acme/report?month={month}", Accept="text/html")
    for words in ("Monatsbericht für ACME GmbH", "Störungen", "4\u00a0Min. zu spät"):
        assert words in page.text
    pdf = await clock.gets(f"/clients/acme/report?month={month}", Accept="application/pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert f"Nordlicht-IT_{month}_ACME.pdf" in pdf.headers["content-disposition"]


async def test_a_quiet_month_says_so(clock: Clock) -> None:
    page = await clock.gets("/clients/acme/report", Accept="text/html")
    assert "In diesem Monat begann keine Störung." in page.text


@pytest.mark.parametrize("month", ["2026-13", "nonsense", "2027-12", ""])
async def test_what_is_no_month_or_has_not_begun_is_refused(clock: Clock, month: str) -> None:
    answer = await clock.api.get(f"/v1/clients/acme/report?month={month}", key="read")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?month"


async def test_a_clients_communications_are_pages_newest_first(clock: Clock) -> None:
    await clock.desk.opens()
    for number in range(5):
        await clock.sends("INC-1001", number, DeliveryState.DELIVERED, client="acme")
    await clock.sends("INC-1001", 9, DeliveryState.DELIVERED, client="birch")
    seen, cursor = [], ""
    while cursor is not None:
        page = (
            await clock.gets(
                f"/clients/acme/communications?limit=2&cursor={cursor}"
                if cursor
                else "/clients/acme/communications?limit=2"
            )
        ).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"INC-1001-{number:04}" for number in (4, 3, 2, 1, 0)]
    assert page["items"][0]["ref"] == "INC-1001"


async def test_a_client_nobody_knows_has_no_reports(clock: Clock) -> None:
    for path in ("communications", "report"):
        answer = await clock.api.get(f"/v1/clients/nobody/{path}", key="read")
        assert answer.status_code == 404


async def test_what_is_part_of_another_outage_is_counted_with_that(clock: Clock) -> None:
    await clock.desk.opens()
    part = await clock.desk.opens(title="Mail EU, seen by another")
    assert part["parent_id"] is not None
    figures = (await clock.gets("/statistics")).json()
    assert (figures["open_by_severity"]["sev1"], figures["incidents_opened"]) == (1, 1)
    await clock.desk.posts("INC-1001/resolve", {"message": "It works again."})
    left = (await clock.gets("/statistics")).json()
    assert left["open_by_severity"]["sev1"] == 1  # open still, and nobody speaks for it
