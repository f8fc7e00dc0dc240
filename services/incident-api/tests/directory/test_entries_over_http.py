"""Single entries: read, written, listed and removed by name."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.testing import Api

pytestmark = pytest.mark.integration

Document = dict[str, Any]


async def test_an_entry_is_made_then_replaced_with_its_etag(api: Api) -> None:
    made = await api.put("/v1/systems/crm", {"name": "CRM"})
    assert made.status_code == 201
    assert made.json() == {"key": "crm", "name": "CRM"}

    replaced = await api.put("/v1/systems/crm", {"name": "CRM 2"}, If_Match=made.headers["etag"])
    assert replaced.status_code == 200
    late = await api.put("/v1/systems/crm", {"name": "CRM 3"}, If_Match=made.headers["etag"])
    assert late.status_code == 412
    read = await api.get("/v1/systems/crm", key="read")
    assert read.json()["name"] == "CRM 2"
    assert read.headers["etag"] == replaced.headers["etag"]


async def test_writing_the_same_again_keeps_the_etag(api: Api) -> None:
    made = await api.put("/v1/systems/crm", {"name": "CRM"})
    again = await api.put("/v1/systems/crm", {"name": "CRM"})
    assert again.status_code == 200
    assert again.headers["etag"] == made.headers["etag"]


async def test_the_key_of_body_and_address_must_agree(api: Api) -> None:
    answer = await api.put("/v1/systems/crm", {"key": "erp", "name": "ERP"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/key"


async def test_what_is_still_named_cannot_be_removed(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    answer = await api.delete("/v1/systems/storage-eu")
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:tocsin:problem:still-referenced"
    assert [e["pointer"] for e in answer.json()["errors"]] == [
        "/clients/birch/systems/0",
        "/systems/mail-eu/depends_on/0",
    ]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/v1/clients/none", "client"),
        ("/v1/systems/none", "system"),
        ("/v1/account-teams/none", "account team"),
        ("/v1/communication-plans/none", "communication plan"),
        ("/v1/escalation-policies/none", "escalation policy"),
        ("/v1/clients/none/contacts/jo", "client"),
    ],
)
async def test_an_unknown_key_is_named(api: Api, path: str, what: str) -> None:
    for method in ("GET", "DELETE"):
        answer = await api.call(method, path)
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no {what} 'none'."


async def test_a_list_comes_in_pages_newest_first(api: Api) -> None:
    for n in range(5):
        await api.put(f"/v1/systems/s{n}", {"name": f"System {n}"})
    await api.put("/v1/systems/s0", {"name": "changed, yet not newer"})

    seen: list[str] = []
    path = "/v1/systems?limit=2"
    while path:
        page = (await api.get(path, key="read")).json()
        seen += [item["key"] for item in page["items"]]
        cursor = page["next_cursor"]
        path = f"/v1/systems?limit=2&cursor={cursor}" if cursor else ""

    assert seen == ["s4", "s3", "s2", "s1", "s0"]


async def test_a_contact_is_made_changed_and_removed_by_name(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    path = "/v1/clients/birch/contacts/lou"

    made = await api.put(path, {"name": "Lou", "role": "it_lead", "email": "lou@birch.example"})
    assert made.status_code == 201
    changed = await api.put(path, {"name": "Lou", "role": "ceo"}, If_Match=made.headers["etag"])
    assert changed.json() == {"key": "lou", "name": "Lou", "roles": ["ceo"]}
    assert [c["key"] for c in (await api.get("/v1/clients/birch/contacts")).json()["items"]] == [
        "lou"
    ]
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404


async def test_an_erased_person_is_told_as_gone(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)

    answer = await api.post("/v1/clients/acme/contacts/jo/erase")

    assert answer.status_code == 204
    last = [e for e in await api.events("tocsin.contacts") if e["subject"] == "acme/jo"][-1]
    assert (last["data"]["name"], last["data"]["addresses"]) == ("", None)
    kept = await api.database.pool.fetch("SELECT document::text AS text FROM directory_entries")
    assert all("Jo Frei" not in row["text"] for row in kept)
    assert await api.database.pool.fetchval("SELECT count(*) FROM directory_secrets") == 0


async def test_a_new_number_written_in_one_team_counts_in_all(api: Api) -> None:
    ann = {"key": "ann", "name": "Ann", "email": "ann@nordlicht.example"}
    await api.put("/v1/account-teams/one", {"account_manager": ann})
    await api.put("/v1/account-teams/two", {"deputy": ann})

    await api.put("/v1/account-teams/two", {"deputy": {**ann, "phone": "+49 170 1234567"}})

    one = (await api.get("/v1/account-teams/one")).json()
    assert one["account_manager"]["phone"] == "+491701234567"


async def test_only_an_admin_key_writes(api: Api) -> None:
    for key in ("read", "operate", "ingest"):
        answer = await api.put("/v1/systems/crm", {"name": "CRM"}, key=key)
        assert answer.status_code == 403
        assert "'admin'" in answer.json()["detail"]


@pytest.mark.parametrize("field", ["subject", "text", "html"])
async def test_a_broken_template_is_refused_with_its_place(api: Api, field: str) -> None:
    variant = {"channel": "email", "locale": "de", "text": "Hallo {{ name }}"}
    template = {"key": "house", "variants": [{**variant, field: "{{ oops( }}"}]}

    answer = await api.put("/v1/directory", {"templates": [template]})

    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == f"/templates/0/variants/0/{field}"
    assert error["detail"].startswith("Line 1 is no sound Jinja template:")
