"""``POST /v1/preview``: the event of a call is planned elsewhere and kept by nobody."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from incident_api.forwarding.port import DirectoryBehind, NotAnswering
from incident_api.testing import Api
from tocsin_contracts.words import Kind

pytestmark = pytest.mark.integration

OUTAGE = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
CLOSE = {"root_cause": "A disk.", "steps_taken": "Changed it.", "prevention": "Two disks."}
BODIES: dict[Kind, dict[str, Any]] = {
    Kind.UPDATE: {"message": "We found the cause."},
    Kind.ETA_CHANGE: {"eta": "2026-11-24T13:00:00Z"},
    Kind.WORKAROUND: {"workaround": "Use the telephone."},
    Kind.RESOLVED: {"message": "All is well."},
    Kind.REOPENED: {"message": "It fails again."},
    Kind.CLOSURE: CLOSE,
    Kind.MAINTENANCE_RESCHEDULED: {"starts_at": "2026-12-12T21:00:00Z"},
}
WINDOW = {
    "title": "Storage",
    "system_keys": ["mail-eu"],
    "starts_at": "2026-12-05T21:00:00Z",
    "ends_at": "2026-12-13T00:00:00Z",
}
OF_NO_CALL = {
    *(kind for kind in Kind if kind.for_staff and kind is not Kind.APPROVAL_REQUEST),
    *(Kind.AUTO_ANSWER, Kind.ANSWERED, Kind.DIGEST, Kind.FEEDBACK_REQUEST),
}
LATER = {Kind.CORRECTION}
BESIDE_THE_THIRTY = [Kind.STAFF_NOTE, *(kind for kind in Kind if kind.of_no_outage)]
KINDS = [kind for kind in Kind if kind not in BESIDE_THE_THIRTY]


@pytest_asyncio.fixture
async def desk(api: Api, directory_document: dict[str, Any]) -> Api:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    api.dispatcher.asked.clear()
    return api


async def previewed(desk: Api, kind: Kind, **asked: Any) -> dict[str, Any]:
    """What the dispatcher was asked."""
    answer = await desk.post("/v1/preview", {"kind": kind.value, **asked})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"messages", "not_told", "audience_digest"}
    return desk.dispatcher.asked[-1]


def kinds_of(question: dict[str, Any]) -> list[str]:
    return [event["data"]["kind"] for event in question["events"] if event["data"]["kind"]]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - LATER))
async def test_every_kind_is_shown_of_something_that_is_not_opened_yet(
    desk: Api, kind: Kind
) -> None:
    before = await desk.events()

    asked = await previewed(
        desk,
        kind,
        incident=WINDOW if kind.of_maintenance else {**OUTAGE, "eta": "2026-11-24T11:00:00Z"},
        **({"update": BODIES[kind]} if kind in BODIES else {}),
    )

    assert asked["kind"] == kind.value
    wanted = "initial" if kind is Kind.APPROVAL_REQUEST else kind.value
    assert kinds_of(asked) == ([] if kind in OF_NO_CALL else [wanted])
    assert await desk.events() == before
    assert (await desk.get("/v1/incidents")).json()["items"] == []


async def test_the_event_is_the_one_that_the_call_publishes(desk: Api) -> None:
    await desk.post("/v1/incidents", OUTAGE)
    body = {"message": "We found the cause.", "status": "identified", "eta": "2026-11-24T13:00:00Z"}

    asked = await previewed(desk, Kind.UPDATE, incident_id="INC-1001", update=body)
    await desk.post("/v1/incidents/INC-1001/updates", body)

    (shown,) = asked["events"]
    sent = (await desk.events("tocsin.incidents"))[-1]
    for event in (shown, sent):
        event["data"]["update"].pop("id")
    assert shown["data"] == sent["data"]
    assert shown["sequence"] == sent["sequence"]
    assert asked["incident"]["sequence"] == shown["sequence"] - 1
    assert [c["client_key"] for c in asked["audience"]["clients"]] == ["acme"]


async def test_its_digest_binds_the_call(desk: Api) -> None:
    answer = await desk.post("/v1/preview", {"kind": "initial", "incident": OUTAGE})
    digest = answer.json()["audience_digest"]

    other = await desk.post("/v1/incidents", {**OUTAGE, "audience_digest": "0" * 64})
    same = await desk.post("/v1/incidents", {**OUTAGE, "audience_digest": digest})

    assert (other.status_code, same.status_code) == (409, 201)


async def test_what_the_call_would_refuse_the_preview_refuses(desk: Api) -> None:
    await desk.post("/v1/incidents", OUTAGE)

    early = await desk.post(
        "/v1/preview", {"kind": "closure", "incident_id": "INC-1001", "update": CLOSE}
    )
    empty = await desk.post("/v1/preview", {"kind": "resolved", "incident_id": "INC-1001"})
    nobody = await desk.post("/v1/preview", {"kind": "update", "incident_id": "INC-9999"})
    neither = await desk.post("/v1/preview", {"kind": "update"})
    unknown = await desk.post(
        "/v1/preview", {"kind": "initial", "incident": {**OUTAGE, "system_keys": ["x"]}}
    )

    assert early.status_code == 409
    assert "resolve" in early.json()["detail"].lower()
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (422, "/update/message")
    assert (nobody.status_code, neither.status_code) == (404, 422)
    assert unknown.status_code == 422


async def test_an_outage_goes_through_what_comes_before_its_end(desk: Api) -> None:
    asked = await previewed(desk, Kind.CLOSURE, incident=OUTAGE, update=CLOSE)

    assert [event["data"]["kind"] for event in asked["told"]] == ["initial", "resolved"]
    assert asked["incident"]["status"] == "resolved"
    assert asked["events"][0]["data"]["incident"]["status"] == "closed"


async def test_a_published_incident_shows_its_first_notice_as_it_would_be_said_now(
    desk: Api,
) -> None:
    await desk.post("/v1/incidents", OUTAGE)

    asked = await previewed(desk, Kind.INITIAL, incident_id="INC-1001")

    assert kinds_of(asked) == ["initial"]


async def test_a_correction_is_of_the_newest_update_unless_it_names_one(desk: Api) -> None:
    await desk.post("/v1/incidents", OUTAGE)
    none = await desk.post(
        "/v1/preview", {"kind": "correction", "incident_id": "INC-1001", "update": {"right": "x"}}
    )
    await desk.post("/v1/incidents/INC-1001/updates", {"message": "Mail is kept."})

    asked = await previewed(
        desk, Kind.CORRECTION, incident_id="INC-1001", update={"right": "37 mails went back."}
    )

    assert none.status_code == 409
    assert asked["events"][0]["data"]["wrong"] == "Mail is kept."


async def test_a_correction_passes_over_what_told_nobody(desk: Api) -> None:
    await desk.post("/v1/incidents", OUTAGE)
    await desk.post("/v1/incidents/INC-1001/updates", {"message": "Mail is kept."})
    silent = {"message": "A part is ordered.", "notify": False}
    await desk.post("/v1/incidents/INC-1001/updates", silent)

    asked = await previewed(
        desk, Kind.CORRECTION, incident_id="INC-1001", update={"right": "37 mails went back."}
    )

    assert asked["events"][0]["data"]["wrong"] == "Mail is kept."


async def test_the_digest_of_a_call_that_tells_nobody_is_the_one_that_it_expects(
    desk: Api,
) -> None:
    await desk.post("/v1/incidents", OUTAGE)
    body = {"message": "A part is ordered.", "notify": False}
    about = {"incident_id": "INC-1001", "update": body}
    digest = (await desk.post("/v1/preview", {"kind": "update", **about})).json()["audience_digest"]

    sent = await desk.post("/v1/incidents/INC-1001/updates", {**body, "audience_digest": digest})

    assert sent.status_code == 201, sent.text


async def test_the_digest_of_an_incident_that_begins_internal_opens_it(desk: Api) -> None:
    body = {**OUTAGE, "visibility": "internal"}
    shown = (await desk.post("/v1/preview", {"kind": "initial", "incident": body})).json()

    opened = await desk.post("/v1/incidents", {**body, "audience_digest": shown["audience_digest"]})

    assert opened.status_code == 201, opened.text


async def test_a_meeting_that_moves_is_shown_as_it_would_be_told(desk: Api) -> None:
    await desk.post("/v1/incidents", OUTAGE)
    await desk.post("/v1/incidents/INC-1001/resolve", {"message": "All is well."})
    meeting = {
        "starts_at": "2026-12-01T09:00:00Z",
        "duration_minutes": 30,
        "location": "Room 2",
        "organizer_email": "ann@nordlicht.example",
    }
    early = await desk.post(
        "/v1/preview", {"kind": "closure", "incident_id": "INC-1001", "update": meeting}
    )
    await desk.post("/v1/incidents/INC-1001/close", {**CLOSE, "follow_up": meeting})
    moved = {**meeting, "starts_at": "2026-12-02T09:00:00Z", "reason": "Ann is away."}

    asked = await previewed(desk, Kind.CLOSURE, incident_id="INC-1001", update=moved)
    put = await desk.call("PUT", "/v1/incidents/INC-1001/follow-up", moved)

    assert (early.status_code, put.status_code) == (409, 200)
    (shown,) = asked["events"]
    assert shown["data"] == (await desk.events("tocsin.incidents"))[-1]["data"]
    assert shown["data"]["before"]["starts_at"] == meeting["starts_at"]


async def test_a_window_that_there_is_can_be_moved_to_see_what_is_said(desk: Api) -> None:
    made = await desk.post("/v1/maintenance-windows", WINDOW)
    assert made.status_code == 201, made.text

    asked = await previewed(
        desk,
        Kind.MAINTENANCE_RESCHEDULED,
        incident_id=made.json()["ref"],
        update={"starts_at": "2026-12-06T21:00:00Z", "reason": "a part arrives later"},
    )
    again = await previewed(desk, Kind.MAINTENANCE_ANNOUNCED, incident_id=made.json()["ref"])

    data = asked["events"][0]["data"]
    assert data["reason"] == "a part arrives later"
    assert data["starts_before"].startswith("2026-12-05T21:00")
    assert kinds_of(again) == ["maintenance_announced"]
    window = (await desk.get(f"/v1/maintenance-windows/{made.json()['ref']}")).json()
    assert window["starts_at"].startswith("2026-12-05T21:00")


async def test_a_dispatcher_that_is_away_or_behind_is_said_so(desk: Api) -> None:
    body = {"kind": "initial", "incident": OUTAGE}
    desk.dispatcher.raises = NotAnswering("ConnectionRefusedError")
    away = await desk.post("/v1/preview", body)
    desk.dispatcher.raises = DirectoryBehind("The last change has not arrived here yet.")
    behind = await desk.post("/v1/preview", body)

    assert (away.status_code, behind.status_code) == (503, 503)
    assert away.json()["type"] == "urn:tocsin:problem:dispatcher-away"
    assert behind.json()["type"] == "urn:tocsin:problem:directory-behind"
    assert "ConnectionRefused" not in away.text


async def test_who_may_only_read_may_not_try_a_call(desk: Api) -> None:
    body = {"kind": "initial", "incident": OUTAGE}

    assert (await desk.post("/v1/preview", body, key="read")).status_code == 403
    assert (await desk.post("/v1/preview", body, key="operate")).status_code == 200


@pytest.mark.parametrize("kind", BESIDE_THE_THIRTY)
async def test_what_is_beside_the_thirty_has_no_preview(desk: Api, kind: Kind) -> None:
    answer = await desk.post("/v1/preview", {"kind": kind.value, "incident_id": "any"})

    assert answer.status_code == 422
    assert f"There is no preview of {kind.value}" in answer.text
