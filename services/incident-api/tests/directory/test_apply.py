"""A provider applies its directory, again and again, and only what changed is told on."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from incident_api.testing import Api

pytestmark = pytest.mark.integration

Document = dict[str, Any]


async def told_since(api: Api, revision: int) -> list[str]:
    """``topic-less type@subject`` of every event of a later revision."""
    return [
        f"{event['type'].split('.')[1]}@{event['subject']}"
        for event in await api.events()
        if event["sequence"] > revision
    ]


async def test_the_first_apply_makes_everything_and_tells_both_topics(
    api: Api, directory_document: Document
) -> None:
    answer = await api.put("/v1/directory", directory_document)

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["revision"] == 2  # the first was the built-in one
    assert {"kind": "client", "key": "acme"} in body["created"]
    assert body["changed"] == body["removed"] == []
    assert "'birch'" in body["notes"][0]  # it has no contacts
    directory = [e["subject"] for e in await api.events("tocsin.directory")][4:]
    assert directory == [
        "client:acme",
        "client:birch",
        "plan:gold",
        "policy:critical",
        "provider:provider",
        "system:mail-eu",
        "system:storage-eu",
        "team:team-a",
        "revision",
    ]
    contacts = [e["subject"] for e in await api.events("tocsin.contacts")][1:]
    assert contacts == [
        "-/ann",
        "-/last-resort",
        "-/noc",
        "-/tom@nordlicht.example",
        "acme/jo",
        "acme/kim",
        "revision",
    ]


async def test_the_built_in_plan_and_policy_are_told_before_anything_is_written(api: Api) -> None:
    assert [e["subject"] for e in await api.events("tocsin.directory")] == [
        "provider:provider",
        "plan:default",
        "policy:default",
        "revision",
    ]
    plan = await api.get("/v1/communication-plans/default", key="read")
    assert plan.json()["severities"]["sev1"]["update_every_minutes"] == "30"
    assert (await api.get("/v1/directory")).json()["communication_plans"] == []


async def test_what_was_exported_applies_without_a_change(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    exported = (await api.get("/v1/directory", key="read")).json()

    answer = (await api.put("/v1/directory", exported)).json()

    assert answer["revision"] == 2
    assert answer["created"] == answer["changed"] == answer["removed"] == []
    assert await told_since(api, 2) == []


async def test_the_same_document_again_changes_nothing_though_secrets_are_sealed(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    answer = (await api.put("/v1/directory", directory_document)).json()
    assert answer["changed"] == []
    assert await told_since(api, 2) == []


async def test_no_address_and_no_secret_travels_on_the_directory_topic(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    everything = repr(await api.events("tocsin.directory"))
    for secret in ("@acme.example", "+4930", "whsec", "C024BE91L", "acme.example/hook"):
        assert secret not in everything


async def test_a_new_phone_number_is_told_to_the_dispatcher_alone(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    directory_document["clients"][0]["contacts"][1]["phone"] = "+49 170 1234567"

    answer = (await api.put("/v1/directory", directory_document)).json()

    assert answer["changed"] == [{"kind": "client", "key": "acme", "fields": ["contacts"]}]
    assert await told_since(api, 2) == [
        "directory@revision",
        "contact@acme/kim",
        "directory@revision",
    ]


async def test_a_section_left_out_stays(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    systems = {"systems": [*directory_document["systems"], {"key": "crm", "name": "CRM"}]}

    answer = (await api.put("/v1/directory", systems)).json()

    assert answer["created"] == [{"kind": "system", "key": "crm"}]
    assert (await api.get("/v1/clients/acme")).status_code == 200


async def test_an_entry_left_out_is_only_removed_where_that_is_meant(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    directory_document["clients"] = directory_document["clients"][:1]

    refused = await api.put("/v1/directory", directory_document)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:tocsin:problem:removal-refused"
    assert refused.json()["errors"][0]["pointer"] == "/clients/birch"
    assert (await api.get("/v1/clients/birch")).status_code == 200

    allowed = await api.put("/v1/directory?allow_removals=true", directory_document)
    assert allowed.json()["removed"] == [{"kind": "client", "key": "birch"}]
    assert (await api.get("/v1/clients/birch")).status_code == 404
    gone = [e for e in await api.events("tocsin.directory") if e["subject"] == "client:birch"]
    assert gone[-1]["data"] == {"revision": 3, "key": "birch", "document": None}


async def test_a_contact_left_out_counts_as_a_removal(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    del directory_document["clients"][0]["contacts"][1]
    refused = await api.put("/v1/directory", directory_document)
    assert refused.json()["errors"][0]["pointer"] == "/clients/acme/contacts/kim"

    await api.put("/v1/directory?allow_removals=true", directory_document)
    last = [e for e in await api.events("tocsin.contacts") if e["subject"] == "acme/kim"][-1]
    assert last["data"]["addresses"] is None
    assert last["data"]["name"] == ""


async def test_a_client_in_an_open_outage_is_never_removed(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    api.open_clients.add("birch")
    directory_document["clients"] = directory_document["clients"][:1]

    by_document = await api.put("/v1/directory?allow_removals=true", directory_document)
    by_name = await api.delete("/v1/clients/birch")

    assert (by_document.status_code, by_name.status_code) == (409, 409)
    assert "open outage" in by_document.json()["detail"]
    assert (await api.get("/v1/clients/birch")).status_code == 200


async def test_a_dry_run_says_what_would_happen_and_does_nothing(
    api: Api, directory_document: Document
) -> None:
    answer = await api.put("/v1/directory?dry_run=true", directory_document)
    assert answer.json()["dry_run"] is True
    assert {"kind": "client", "key": "acme"} in answer.json()["created"]
    assert await told_since(api, 1) == []
    assert (await api.get("/v1/directory")).json()["clients"] == []


async def test_wrong_references_are_all_named_and_nothing_changes(
    api: Api, directory_document: Document
) -> None:
    client = directory_document["clients"][0]
    client["systems"] = ["mail-eu", "nowhere"]
    client["account_team"] = "team-z"
    directory_document["communication_plans"][0]["escalation_policy"] = "lax"
    directory_document["systems"][0]["depends_on"] = ["mail-eu"]

    answer = await api.put("/v1/directory", directory_document)

    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} == {
        "/clients/0/systems/1",
        "/clients/0/account_team",
        "/communication_plans/0/escalation_policy",
        "/systems/0/depends_on",
    }
    assert await told_since(api, 1) == []
    assert (await api.get("/v1/directory")).json()["systems"] == []


async def test_a_stale_etag_changes_nothing(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    stale = (await api.get("/v1/directory")).headers["etag"]
    await api.put("/v1/systems/crm", {"name": "CRM"})

    late = await api.put("/v1/directory", {"systems": []}, If_Match=stale)

    assert late.status_code == 412
    assert (await api.get("/v1/systems/crm")).status_code == 200
    fresh = (await api.get("/v1/directory")).headers["etag"]
    document = {"provider": {"name": "Südlicht IT"}}
    assert (await api.put("/v1/directory", document, If_Match=fresh)).status_code == 200


async def test_yaml_says_the_same_as_json(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    as_yaml = yaml.safe_dump(copy.deepcopy(directory_document), allow_unicode=True)

    answer = await api.client.put(
        "/v1/directory",
        content=as_yaml.encode(),
        headers={
            "Authorization": f"Bearer {api.keys['admin']}",
            "Content-Type": "application/yaml",
        },
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["changed"] == []


async def test_a_provider_may_write_its_own_default_and_take_it_back(
    api: Api, directory_document: Document
) -> None:
    own = {**directory_document["communication_plans"][0], "escalation_policy": "default"}
    await api.put("/v1/communication-plans/default", {**own, "key": "default"})
    assert (await api.get("/v1/communication-plans")).json()["items"][0]["key"] == "default"

    await api.delete("/v1/communication-plans/default")

    told = [e for e in await api.events("tocsin.directory") if e["subject"] == "plan:default"]
    assert [set(e["data"]["document"]["severities"]) for e in told] == [
        {"sev1", "sev2", "sev3", "sev4", "sev5"},
        {"sev1"},
        {"sev1", "sev2", "sev3", "sev4", "sev5"},
    ]


async def test_templates_travel_to_whoever_writes_the_messages(
    api: Api, directory_document: Document
) -> None:
    directory_document["templates"] = [
        {"key": "house", "variants": [{"channel": "email", "locale": "de", "text": "Hallo"}]}
    ]
    directory_document["communication_plans"][0]["wording"] = {"initial": "house"}

    await api.put("/v1/directory", directory_document)

    told = [e for e in await api.events("tocsin.directory") if e["subject"] == "template:house"]
    assert told[0]["data"]["document"]["variants"][0]["text"] == "Hallo"
    exported = (await api.get("/v1/directory")).json()
    assert exported["templates"] == directory_document["templates"]


async def test_a_plan_that_would_tell_nobody_of_the_worst_is_applied_and_said_so(
    api: Api, directory_document: Document
) -> None:
    directory_document["clients"][0]["contacts"] = []

    answer = (await api.put("/v1/directory", directory_document)).json()

    assert answer["created"]
    assert "'acme' under the plan 'gold'" in answer["notes"][0]
    assert "/v1/readiness" in answer["notes"][0]


async def test_fifty_at_once_make_one_line_of_revisions(api: Api) -> None:
    import asyncio

    answers = await asyncio.gather(
        *(api.put(f"/v1/systems/system-{n}", {"name": f"System {n}"}) for n in range(50))
    )

    assert {a.status_code for a in answers} == {201}
    completed = [
        e["data"]["revision"]
        for e in await api.events("tocsin.directory")
        if e["type"] == "tocsin.directory.revision_completed.v1"
    ]
    assert completed == list(range(1, 52))
