"""The directory as decisions read it: which revision something last changed in."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.directory import store
from incident_api.directory.view import DirectoryView
from incident_api.testing import Api

pytestmark = pytest.mark.integration

Document = dict[str, Any]


async def view_of(api: Api) -> DirectoryView:
    async with api.database.connection() as conn:
        return await store.read_view(conn)


async def test_the_built_in_entries_are_in_force_from_the_first_start(api: Api) -> None:
    view = await view_of(api)
    assert view.revision == 1
    assert view.provider.name == "Service provider"
    assert set(view.plans) == set(view.policies) == {"default"}
    assert view.revisions == {
        ("provider", "provider"): 1,
        ("plan", "default"): 1,
        ("policy", "default"): 1,
    }


async def test_an_entry_names_the_revision_it_last_changed_in(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    directory_document["systems"][0]["name"] = "Storage Europe"
    await api.put("/v1/directory", directory_document)

    view = await view_of(api)

    assert view.revision == 3
    assert view.systems["storage-eu"].name == "Storage Europe"
    assert view.revisions["system", "storage-eu"] == 3
    assert view.revisions["system", "mail-eu"] == 2
    assert view.revisions["client", "acme"] == 2


async def test_an_address_counts_as_a_change_of_its_client_or_team(
    api: Api, directory_document: Document
) -> None:
    """Nobody may be told from older addresses than the incident was opened with."""
    await api.put("/v1/directory", directory_document)
    directory_document["clients"][0]["contacts"][1]["email"] = "kim.lee@acme.example"
    await api.put("/v1/directory", directory_document)
    directory_document["account_teams"][0]["account_manager"]["phone"] = "+49 170 1234567"
    await api.put("/v1/directory", directory_document)

    view = await view_of(api)

    assert view.revisions["client", "acme"] == 3
    assert view.revisions["team", "team-a"] == 4
    assert view.revisions["client", "birch"] == 2


async def test_what_is_removed_is_gone_and_what_stayed_is_the_same_object(
    api: Api, directory_document: Document
) -> None:
    await api.put("/v1/directory", directory_document)
    before = await view_of(api)
    await api.delete("/v1/clients/birch")

    after = await view_of(api)

    assert set(after.clients) == {"acme"}
    assert ("client", "birch") not in after.revisions
    assert after.clients["acme"] is before.clients["acme"]


async def test_an_own_default_replaces_the_built_in_one_until_it_is_removed(
    api: Api, directory_document: Document
) -> None:
    own = {**directory_document["communication_plans"][0], "key": "default"}
    del own["escalation_policy"]
    await api.put("/v1/communication-plans/default", own)
    assert set((await view_of(api)).plans["default"].severities) == {"sev1"}

    await api.delete("/v1/communication-plans/default")

    view = await view_of(api)
    assert len(view.plans["default"].severities) == 5
    assert view.revisions["plan", "default"] == 3


async def test_a_replica_that_read_nothing_yet_sees_the_same(
    api: Api, directory_document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.put("/v1/directory", directory_document)
    await api.put("/v1/systems/crm", {"name": "CRM"})
    warm = await view_of(api)
    monkeypatch.setattr(store, "_newest", {})
    assert vars(await view_of(api)) == vars(warm)
