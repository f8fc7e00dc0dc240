"""The database was restored from a backup: consumers hear of the directory under new numbers."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.restored import first_revision, republish_restored
from incident_api.testing import Api

pytestmark = pytest.mark.integration


async def start_in_epoch(api: Api, epoch: int) -> bool:
    writer: DirectoryWriter = api.app.state.directory_writer
    async with api.database.transaction() as conn:
        return await republish_restored(conn, writer, epoch)


async def test_in_the_first_epoch_a_start_publishes_nothing_again(
    api: Api, directory_document: dict[str, Any]
) -> None:
    await api.put("/v1/directory", directory_document)
    assert not await start_in_epoch(api, 1)


async def test_with_a_raised_epoch_everything_is_told_above_every_earlier_revision(
    api: Api, directory_document: dict[str, Any]
) -> None:
    await api.put("/v1/directory", directory_document)
    before = await api.events()

    assert await start_in_epoch(api, 2)

    told = (await api.events())[len(before) :]
    assert {event["data"]["revision"] for event in told} == {first_revision(2)}
    everything = {event["subject"] for event in before}
    assert {event["subject"] for event in told} == everything
    jo = next(event for event in told if event["subject"] == "acme/jo")
    assert "acme.example/hook" in api.opened(jo["data"]["addresses"]["sealed"]["webhook"])
    assert not await start_in_epoch(api, 2)


async def test_the_next_apply_counts_on_from_there(
    api: Api, directory_document: dict[str, Any]
) -> None:
    await api.put("/v1/directory", directory_document)
    await start_in_epoch(api, 2)
    directory_document["clients"][0]["name"] = "ACME AG"

    answer = (await api.put("/v1/directory", directory_document)).json()

    assert answer["revision"] == first_revision(2) + 1
    assert answer["changed"] == [{"kind": "client", "key": "acme", "fields": ["name"]}]
