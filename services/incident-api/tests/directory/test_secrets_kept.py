"""Secret destinations: only the dispatcher reads them, and a mask that comes back keeps them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from incident_api.testing import Api

pytestmark = pytest.mark.integration

Document = dict[str, Any]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
TEAMS = "https://acme.webhook.office.example/webhookb2/7c9e6679/IncomingWebhook/9d3"


async def sealed_of_jo(api: Api) -> dict[str, str]:
    """What the dispatcher was told last, opened with its private key."""
    last = [e for e in await api.events("tocsin.contacts") if e["subject"] == "acme/jo"][-1]
    sealed = last["data"]["addresses"]["sealed"]
    return {channel: api.opened(text) for channel, text in sealed.items()}


async def test_the_dispatcher_opens_what_the_provider_wrote(
    api: Api, directory_document: Document
) -> None:
    directory_document["clients"][0]["contacts"][0] |= {
        "teams": TEAMS,
        "apprise": "ntfy://token@push.example/acme",
    }
    await api.put("/v1/directory", directory_document)

    opened = await sealed_of_jo(api)

    assert json.loads(opened["webhook"]) == {"url": "https://acme.example/hook", "secret": SECRET}
    assert opened["teams"] == TEAMS
    assert opened["apprise"] == "ntfy://token@push.example/acme"


async def test_no_answer_and_no_table_shows_a_secret(
    api: Api, directory_document: Document
) -> None:
    jo = directory_document["clients"][0]["contacts"][0]
    jo["teams"] = TEAMS
    first = await api.put("/v1/directory", directory_document)
    exported = await api.get("/v1/directory")
    one = await api.get("/v1/clients/acme/contacts/jo")
    tables = await api.database.pool.fetch("SELECT document::text AS text FROM directory_entries")

    for text in (first.text, exported.text, one.text, *(row["text"] for row in tables)):
        assert SECRET not in text
        assert "9d3" not in text
    assert one.json()["webhook"] == {"url": "https://acme.example/hook", "secret": "********"}
    assert one.json()["teams"] == "https://acme.webhook.office.example/********"


async def test_a_contact_written_back_with_its_mask_keeps_the_secret(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    jo = (await api.get("/v1/clients/acme/contacts/jo")).json()

    answer = await api.put("/v1/clients/acme/contacts/jo", {**jo, "name": "Jo Frei-Kern"})

    assert answer.status_code == 200
    assert json.loads((await sealed_of_jo(api))["webhook"])["secret"] == SECRET
    last = [e for e in await api.events("tocsin.contacts") if e["subject"] == "acme/jo"][-1]
    assert last["data"]["name"] == "Jo Frei-Kern"


async def test_a_new_secret_behind_the_same_mask_is_a_change(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    directory_document["clients"][0]["contacts"][0]["webhook"]["secret"] = OTHER_SECRET

    answer = (await api.put("/v1/directory", directory_document)).json()

    assert answer["changed"] == [{"kind": "client", "key": "acme", "fields": ["contacts"]}]
    assert json.loads((await sealed_of_jo(api))["webhook"])["secret"] == OTHER_SECRET


async def test_a_mask_cannot_move_a_secret_to_another_address(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    exported = (await api.get("/v1/directory")).json()
    exported["clients"][0]["contacts"][0]["webhook"]["url"] = "https://elsewhere.example/"

    answer = await api.put("/v1/directory", exported)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/clients/0/contacts/0/webhook"
    assert "give the secret itself" in answer.json()["detail"]


async def test_a_webhook_without_a_secret_is_sealed_too(
    api: Api, directory_document: Document
) -> None:
    directory_document["clients"][0]["contacts"][0]["webhook"] = "https://acme.example/plain"
    await api.put("/v1/directory", directory_document)
    opened = json.loads((await sealed_of_jo(api))["webhook"])
    assert opened == {"url": "https://acme.example/plain", "secret": None}


async def test_a_secret_taken_away_is_told_as_gone(api: Api, directory_document: Document) -> None:
    await api.put("/v1/directory", directory_document)
    del directory_document["clients"][0]["contacts"][0]["webhook"]
    await api.put("/v1/directory", directory_document)
    assert await sealed_of_jo(api) == {}
    assert await api.database.pool.fetchval("SELECT count(*) FROM directory_secrets") == 0


async def test_while_a_webhook_secret_is_replaced_both_are_sealed_and_neither_is_shown(
    api: Api, directory_document: Document
) -> None:
    hook = {"url": "https://acme.example/hook", "secret": OTHER_SECRET, "previous_secret": SECRET}
    directory_document["clients"][0]["contacts"][0]["webhook"] = hook
    await api.put("/v1/directory", directory_document)

    shown = (await api.get("/v1/clients/acme/contacts/jo")).json()["webhook"]

    assert json.loads((await sealed_of_jo(api))["webhook"]) == hook
    assert shown == hook | {"secret": "********", "previous_secret": "********"}
