"""Keys: who may call, for how long, and what an answer gives away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from incident_api.auth.bootstrap_key import apply_bootstrap_key
from incident_api.testing import Api

pytestmark = pytest.mark.integration


async def made(api: Api, **body: object) -> dict[str, str]:
    answer = await api.post("/v1/keys", {"name": "zabbix", "scopes": ["ingest"], **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_a_key_is_shown_once_and_stored_hashed(api: Api) -> None:
    key = await made(api, scopes=["read"])
    api.keys["new"] = key["key"]

    listed = (await api.get("/v1/keys")).json()["items"]

    assert (await api.get("/v1/systems", key="new")).status_code == 200
    assert listed[0]["name"] == "zabbix"
    assert all("key" not in item for item in listed)
    assert key["key"].startswith(listed[0]["prefix"])
    stored = await api.database.pool.fetch("SELECT api_keys::text AS text FROM api_keys")
    assert all(key["key"] not in row["text"] for row in stored)


async def test_a_revoked_key_stops_at_once(api: Api) -> None:
    key = await made(api, scopes=["read"])
    api.keys["new"] = key["key"]
    assert (await api.delete(f"/v1/keys/{key['id']}")).status_code == 204
    assert (await api.get("/v1/systems", key="new")).status_code == 401
    assert (await api.delete(f"/v1/keys/{key['id']}")).status_code == 404


async def test_a_key_ends_when_it_expires(api: Api) -> None:
    until = api.clock.now() + timedelta(hours=1)
    key = await made(api, scopes=["read"], expires_at=until.isoformat())
    assert key["expires_at"] == until.isoformat().replace("+00:00", "Z")
    api.keys["new"] = key["key"]
    assert (await api.get("/v1/systems", key="new")).status_code == 200

    api.clock.advance(hours=1)

    late = await api.get("/v1/systems", key="new")
    assert late.status_code == 401
    assert "expired" in late.json()["detail"]


async def test_a_key_cannot_be_made_for_the_past(api: Api) -> None:
    answer = await api.post(
        "/v1/keys",
        {"name": "late", "scopes": ["read"], "expires_at": api.clock.now().isoformat()},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"


async def test_without_a_key_the_answer_says_how_to_send_one(api: Api) -> None:
    for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}):
        answer = await api.client.get("/v1/systems", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="tocsin"'
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_unknown_key_is_called_so(api: Api) -> None:
    answer = await api.client.get("/v1/systems", headers={"Authorization": "Bearer tocsin_x"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("key", "reads", "writes"),
    [("ingest", 403, 403), ("read", 200, 403), ("operate", 200, 403), ("admin", 200, 201)],
)
async def test_each_scope_opens_what_it_names(api: Api, key: str, reads: int, writes: int) -> None:
    assert (await api.get("/v1/systems", key=key)).status_code == reads
    put = await api.put("/v1/systems/crm", {"name": "CRM"}, key=key)
    assert put.status_code == writes


async def test_use_is_noted_at_most_once_a_minute(api: Api) -> None:
    async def last_used() -> object:
        return await api.database.pool.fetchval(
            "SELECT last_used_at FROM api_keys WHERE name = 'read'"
        )

    first = api.clock.now()
    await api.get("/v1/systems", key="read")
    api.clock.advance(seconds=59)
    await api.get("/v1/systems", key="read")
    assert await last_used() == first
    second = api.clock.advance(seconds=1)
    await api.get("/v1/systems", key="read")
    assert await last_used() == second


async def test_two_keys_cannot_share_a_name(api: Api) -> None:
    first = await made(api)
    taken = await api.post("/v1/keys", {"name": "zabbix", "scopes": ["read"]})
    assert taken.status_code == 409
    await api.delete(f"/v1/keys/{first['id']}")
    await made(api)


async def test_the_key_of_the_environment_follows_the_environment(api: Api) -> None:
    async def start_with(token: str | None) -> None:
        async with api.database.transaction() as conn:
            await apply_bootstrap_key(conn, token, api.clock.now())

    api.keys |= {"old": "first-secret-of-the-environment", "new": "second-secret-of-environment"}
    await start_with(api.keys["old"])
    assert (await api.get("/v1/keys", key="old")).status_code == 200
    await start_with(api.keys["new"])
    assert (await api.get("/v1/keys", key="old")).status_code == 401
    assert (await api.get("/v1/keys", key="new")).status_code == 200
    assert (await api.delete("/v1/keys/bootstrap")).status_code == 409
    await start_with(None)
    assert (await api.get("/v1/keys", key="new")).status_code == 401
