"""One outage, several incidents: linked by hand, told by one."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.incidents import family_store

pytestmark = pytest.mark.integration

CLOSING = {"root_cause": "A switch.", "steps_taken": "Replaced.", "prevention": "Two of them."}


async def link(desk: Any, child: str, parent: str | None, **fields: Any) -> Any:
    return await desk.posts(f"{child}/parent", {"incident_id": parent, **fields})


async def two(desk: Any, **second: Any) -> None:
    """INC-1001 on the storage, INC-1002 on the VPN: nothing links them by itself."""
    await desk.opens(system_keys=["storage-eu"])
    await desk.opens(**{"system_keys": ["vpn-us"], **second})


async def words(desk: Any) -> list[tuple[str, str, str | None]]:
    return [
        (e["data"]["incident"]["ref"], e["type"].split(".")[2], e["data"].get("kind"))
        for e in await desk.events()
    ]


async def test_its_clients_join_those_of_its_parent_which_speaks_from_now_on(desk: Any) -> None:
    await two(desk)
    answer = await link(desk, "INC-1002", "INC-1001", reason="One switch feeds both.")
    assert answer.status_code == 200, answer.text
    parent = await desk.reads("/INC-1001")
    assert answer.json()["parent_id"] == parent["id"]
    assert [child["ref"] for child in parent["children"]] == ["INC-1002"]
    joined = {client["client_key"]: client for client in parent["audience"]["clients"]}
    assert set(joined) == {"acme", "birch", "cedar"}
    assert joined["cedar"]["systems"] == ["vpn-us"]
    assert (await words(desk))[2:] == [
        ("INC-1002", "linked", None),
        ("INC-1001", "audience_changed", "initial"),
    ]
    linked, audience = [event["data"] for event in (await desk.events())[2:]]
    assert (linked["reason"], linked["by_rule"]) == ("One switch feeds both.", False)
    assert audience["only_clients"] == ["cedar"]
    for client in answer.json()["audience"]["clients"]:
        assert (client["first_notice_due"], client["next_update_due"]) == (None, None)


async def test_a_client_of_both_hears_that_more_of_what_it_uses_is_affected(
    desk: Any, directory_document: dict[str, Any]
) -> None:
    birch = next(one for one in directory_document["clients"] if one["key"] == "birch")
    birch["systems"].append("vpn-us")
    assert (await desk.api.put("/v1/directory", directory_document)).status_code == 200
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    joined, changed = [event["data"] for event in (await desk.events())[-2:]]
    assert (joined["kind"], joined["only_clients"]) == ("initial", ["cedar"])
    assert (changed["kind"], changed["only_clients"]) == ("update", ["birch"])
    clients = {c["client_key"]: c["systems"] for c in joined["audience"]["clients"]}
    assert clients["birch"] == ["storage-eu", "vpn-us"]


async def test_whatever_happens_to_a_child_is_told_by_nobody(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    before = len(await desk.events())
    await desk.patches("INC-1002", {"impact": "No VPN."})
    await desk.posts("INC-1002/acknowledge")
    await desk.posts("INC-1002/resolve", {"message": "It is back."})
    await desk.posts("INC-1002/reopen", {"message": "It is not."})
    await desk.posts("INC-1002/resolve", {"message": "It is back."})
    await desk.posts("INC-1002/close", CLOSING)
    assert {kind for _, _, kind in (await words(desk))[before:]} == {None}


async def test_words_for_clients_are_not_lost_on_a_child(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    refused = await desk.posts("INC-1002/updates", {"message": "It is the switch."})
    assert refused.status_code == 409
    assert "write the update there" in refused.json()["detail"]
    note = {"message": "A note.", "audience": {"internal_only": True}}
    assert (await desk.posts("INC-1002/updates", note)).status_code == 201


async def test_what_a_child_names_anew_counts_for_its_parent(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"])
    await desk.opens(system_keys=[], client_keys=["acme"])
    await link(desk, "INC-1002", "INC-1001")
    await desk.patches("INC-1002", {"system_keys": ["vpn-us"]})
    ref, word, kind = (await words(desk))[-1]
    assert (ref, word, kind) == ("INC-1001", "audience_changed", "initial")


async def test_resolving_the_parent_names_the_children_and_resolves_them_if_asked(
    desk: Any,
) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    answer = await desk.posts("INC-1001/resolve", {"message": "The switch is replaced."})
    assert [(c["ref"], c["status"]) for c in answer.json()["children"]] == [
        ("INC-1002", "investigating")
    ]
    refused = await desk.posts("INC-1001/close", CLOSING)
    assert refused.status_code == 409
    assert "INC-1002" in refused.json()["detail"]
    (need,) = (await desk.api.get("/v1/needs-attention", key="read")).json()["items"]
    assert (need["kind"], need["incident"]["ref"]) == ("left_open", "INC-1002")
    await desk.posts("INC-1001/reopen", {"message": "Not yet."})
    answer = await desk.posts("INC-1001/resolve", {"message": "Now it is.", "children": True})
    assert answer.json()["children"] == []
    assert (await desk.reads("/INC-1002"))["status"] == "resolved"
    told = [one for one in await words(desk) if one[1] == "resolved"]
    assert told == [
        ("INC-1001", "resolved", "resolved"),
        ("INC-1001", "resolved", "resolved"),
        ("INC-1002", "resolved", None),
    ]
    assert (await desk.posts("INC-1001/close", CLOSING)).status_code == 200
    child = await desk.reads("/INC-1002")
    assert (child["status"], child["root_cause"]) == ("closed", "A switch.")
    assert [kind for _, word, kind in await words(desk) if word == "closed"] == ["closure", None]


async def test_what_refuses_to_close_names_the_call_that_resolves_the_parts(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    await desk.posts("INC-1001/resolve", {"message": "The switch is replaced."})
    why = (await desk.posts("INC-1001/close", CLOSING)).json()["detail"]
    assert "INC-1002, part of INC-1001, is still open" in why
    assert 'POST /v1/incidents/INC-1001/resolve {"message": …, "children": true}' in why
    again = {"message": "The switch is replaced.", "children": True}
    assert (await desk.posts("INC-1001/resolve", again)).status_code == 200
    assert (await desk.posts("INC-1001/close", CLOSING)).status_code == 200
    assert [w for w in await words(desk) if w[1] == "resolved" and w[2]] == [
        ("INC-1001", "resolved", "resolved")
    ]


async def test_cancelling_the_parent_cancels_the_children_if_asked(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    await desk.posts("INC-1001/cancel", {"reason": "A test.", "children": True})
    assert (await desk.reads("/INC-1002"))["status"] == "cancelled"


async def test_a_child_that_stands_alone_again_speaks_for_itself(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    desk.clock.advance(minutes=5)
    answer = await link(desk, "INC-1002", None, reason="Another cause.")
    assert answer.json()["parent_id"] is None
    linked, audience = [event["data"] for event in (await desk.events())[-2:]]
    assert (linked["parent_id"], linked["reason"]) == (None, "Another cause.")
    assert (audience["kind"], audience["added"]) == ("initial", ["cedar"])
    (cedar,) = audience["audience"]["clients"]
    assert cedar["next_update_due"] is not None
    parent = await desk.reads("/INC-1001")
    assert parent["children"] == []
    assert "cedar" in {c["client_key"] for c in parent["audience"]["clients"]}, "told to the end"
    assert (await link(desk, "INC-1002", None)).status_code == 200


async def test_what_leaves_an_untold_parent_leaves_none_of_its_clients_there(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"], visibility="internal")
    await desk.opens(system_keys=["vpn-us"], visibility="internal")
    await link(desk, "INC-1002", "INC-1001")
    await link(desk, "INC-1002", None)
    parent, child = await desk.reads("/INC-1001"), await desk.reads("/INC-1002")
    assert {c["client_key"] for c in parent["audience"]["clients"]} == {"acme", "birch"}
    assert {c["client_key"] for c in child["audience"]["clients"]} == {"cedar"}
    assert child["holding_due_at"] is not None
    assert {kind for _, _, kind in await words(desk)} == {None}


async def test_what_comes_back_when_its_parent_is_over_speaks_for_itself(desk: Any) -> None:
    await two(desk)
    await link(desk, "INC-1002", "INC-1001")
    await desk.posts("INC-1001/resolve", {"message": "Done.", "children": True})
    await desk.posts("INC-1002/reopen", {"message": "The VPN is down again."})
    assert [word for _, word, _ in (await words(desk))[-3:]] == [
        "reopened",
        "linked",
        "audience_changed",
    ]
    assert (await words(desk))[-1][2] == "initial"


async def test_there_are_no_grandchildren(desk: Any) -> None:
    """Linked to a child is linked to its parent, and a parent brings its children along."""
    await two(desk)
    await desk.opens(title="Third", system_keys=["mail-eu"])
    await link(desk, "INC-1002", "INC-1001")
    await link(desk, "INC-1003", "INC-1002")
    root = (await desk.reads("/INC-1001"))["id"]
    assert (await desk.reads("/INC-1003"))["parent_id"] == root
    await desk.opens(title="Above", system_keys=[], client_keys=["cedar"])
    await link(desk, "INC-1001", "INC-1004")
    above = (await desk.reads("/INC-1004"))["id"]
    for ref in ("INC-1001", "INC-1002", "INC-1003"):
        assert (await desk.reads(f"/{ref}"))["parent_id"] == above
    clients = (await desk.reads("/INC-1004"))["audience"]["clients"]
    assert {client["client_key"] for client in clients} == {"acme", "birch", "cedar"}


async def test_links_that_make_no_sense_are_refused_with_the_way_out(desk: Any) -> None:
    await two(desk, severity="sev1")
    await desk.opens(title="Lesser", severity="sev3", system_keys=["mail-eu"])
    await desk.opens(title="Drill", system_keys=["vpn-us"], drill=True)
    await desk.opens(title="Hidden", visibility="internal", system_keys=["mail-eu"])
    await link(desk, "INC-1002", "INC-1001")
    for child, parent, status, said in (
        ("INC-1001", "INC-1001", 422, "part of itself"),
        ("INC-1001", "INC-1002", 422, "its own part"),
        ("INC-1001", "INC-1003", 409, "would be hidden in INC-1003"),
        ("INC-1004", "INC-1001", 409, "exercise"),
        ("INC-1003", "INC-1005", 409, "INC-1005/publish comes first"),
        ("INC-1002", "INC-1005", 409, '"incident_id": null comes first'),
        ("INC-1001", "INC-9999", 404, "no incident 'INC-9999'"),
    ):
        answer = await link(desk, child, parent)
        assert answer.status_code == status, f"{child} {parent}: {answer.text}"
        assert said in answer.json()["detail"]
    again = await link(desk, "INC-1002", "INC-1001")
    assert again.status_code == 200


async def test_of_what_is_over_nothing_becomes_part(desk: Any) -> None:
    await two(desk)
    await desk.posts("INC-1001/resolve", {"message": "Done."})
    refused = await link(desk, "INC-1002", "INC-1001")
    assert refused.status_code == 409
    assert "INC-1001/reopen" in refused.json()["detail"]


async def test_a_person_opens_the_same_outage_again_and_its_words_are_told_by_the_first(
    desk: Any,
) -> None:
    await desk.opens()
    second = await desk.opens(title="Mail", first_steps="Use the phone.")
    assert second["parent_id"] == (await desk.reads("/INC-1001"))["id"]
    assert (await desk.reads("/INC-1001"))["first_steps"] == "Use the phone."
    assert await words(desk) == [
        ("INC-1001", "opened", "initial"),
        ("INC-1002", "opened", None),
        ("INC-1002", "linked", None),
        ("INC-1001", "changed", "update"),
    ]


async def test_whoever_publishes_a_part_publishes_what_speaks_for_it(desk: Any) -> None:
    await desk.opens(visibility="internal")
    await desk.opens(title="Mail", impact="No mail at all.")
    assert (await desk.reads("/INC-1001"))["visibility"] == "published"
    published = (await desk.events())[-1]["data"]
    assert (published["kind"], published["incident"]["impact"]) == ("initial", "No mail at all.")
    assert [kind for _, _, kind in await words(desk) if kind] == ["initial"]


async def test_an_exercise_never_becomes_part_of_a_real_outage(desk: Any) -> None:
    await desk.opens()
    assert (await desk.opens(drill=True))["parent_id"] is None


async def test_a_part_that_gets_worse_is_not_hidden_in_what_speaks_for_it(desk: Any) -> None:
    await desk.opens(system_keys=["storage-eu"], severity="sev3")
    await desk.opens(system_keys=["vpn-us"], severity="sev3")
    await link(desk, "INC-1002", "INC-1001")
    refused = await desk.patches("INC-1002", {"severity": "sev1"})
    assert refused.status_code == 409, refused.text
    assert "raise that with PATCH /v1/incidents/INC-1001" in refused.json()["detail"]
    assert (await desk.reads("/INC-1002"))["severity"] == "sev3"
    await desk.patches("INC-1001", {"severity": "sev1"})
    assert (await desk.patches("INC-1002", {"severity": "sev1"})).status_code == 200


async def test_a_part_is_published_by_what_speaks_for_it(desk: Any) -> None:
    await two(desk, visibility="internal")
    await link(desk, "INC-1002", "INC-1001")
    refused = await desk.posts("INC-1002/publish")
    assert refused.status_code == 409, refused.text
    parent = await desk.reads("/INC-1001")
    assert f"POST /v1/incidents/{parent['id']}/publish" in refused.json()["detail"]


async def test_what_became_part_of_another_meanwhile_is_looked_at_again(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look for the outermost one and the lock on it somebody else links that."""
    await two(desk)
    await desk.opens(title="The switch", system_keys=["storage-eu"], drill=False, severity="sev1")
    await desk.posts("INC-1003/parent", {"incident_id": None})
    asked = family_store.root_of

    async def root_of(conn: Any, id_or_ref: str) -> str | None:
        root = await asked(conn, id_or_ref)
        monkeypatch.setattr(family_store, "root_of", asked)
        assert (await link(desk, id_or_ref, "INC-1003")).status_code == 200
        return root

    monkeypatch.setattr(family_store, "root_of", root_of)
    refused = await link(desk, "INC-1002", "INC-1001")
    assert refused.status_code == 409, refused.text
    assert (await desk.reads("/INC-1002"))["parent_id"] is None
