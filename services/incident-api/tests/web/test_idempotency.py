"""The same POST twice has one effect and one answer."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from incident_api.testing import Api
from incident_api.web.idempotency import Answer

pytestmark = pytest.mark.integration

BODY = {"name": "zabbix", "scopes": ["ingest"]}


async def post(api: Api, body: Any = BODY, *, idempotency_key: str = "k1") -> httpx.Response:
    answer: httpx.Response = await api.post("/v1/keys", body, Idempotency_Key=idempotency_key)
    return answer


async def keys_named(api: Api, name: str) -> int:
    count = await api.database.pool.fetchval("SELECT count(*) FROM api_keys WHERE name = $1", name)
    return int(count)


async def test_a_repeat_gets_the_first_answer(api: Api) -> None:
    first, second = await post(api), await post(api)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert await keys_named(api, "zabbix") == 1


async def test_fifty_at_once_have_one_effect(api: Api) -> None:
    answers = await asyncio.gather(*(post(api) for _ in range(50)))

    assert {a.status_code for a in answers} <= {201, 409}
    made = [a.json() for a in answers if a.status_code == 201]
    assert made
    assert all(answer == made[0] for answer in made)
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["type"] == "urn:tocsin:problem:request-under-way"
            assert answer.headers["retry-after"] == "1"
    assert await keys_named(api, "zabbix") == 1


async def test_another_body_under_the_same_key_is_refused(api: Api) -> None:
    await post(api)
    other = await post(api, {"name": "nagios", "scopes": ["ingest"]})
    assert other.status_code == 422
    assert other.json()["type"] == "urn:tocsin:problem:idempotency-key-reused"
    assert await keys_named(api, "nagios") == 0


async def test_a_refused_request_is_not_remembered(api: Api) -> None:
    assert (await post(api, {"name": "zabbix", "scopes": []})).status_code == 422
    assert (await post(api)).status_code == 201


async def test_a_wrong_state_is_not_remembered(api: Api) -> None:
    first = (await post(api, idempotency_key="a")).json()
    assert (await post(api, idempotency_key="b")).status_code == 409
    await api.delete(f"/v1/keys/{first['id']}")
    assert (await post(api, idempotency_key="b")).status_code == 201


async def test_two_callers_may_use_the_same_key(api: Api) -> None:
    second_admin = (await api.post("/v1/keys", {"name": "two", "scopes": ["admin"]})).json()
    api.keys["two"] = second_admin["key"]
    await post(api)
    other = {"name": "nagios", "scopes": ["ingest"]}
    answer = await api.post("/v1/keys", other, key="two", Idempotency_Key="k1")
    assert answer.status_code == 201


async def test_an_answer_is_kept_for_a_day(api: Api) -> None:
    first = (await post(api)).json()
    api.clock.advance(hours=23, minutes=59)
    assert (await post(api)).json() == first
    api.clock.advance(minutes=1)
    assert (await post(api)).status_code == 409  # tried afresh: the name is taken


async def test_the_answer_of_a_process_that_died_before_answering_is_there(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything up to the commit happened; the answer never left."""

    class Died(BaseException):
        pass

    def die(_self: object) -> httpx.Response:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(Answer, "response", die)
        with pytest.raises(Died):
            await post(api)
    assert await keys_named(api, "zabbix") == 1

    retried = await post(api)

    assert retried.status_code == 201
    api.keys["zabbix"] = retried.json()["key"]
    assert (await api.get("/v1/systems", key="zabbix")).status_code == 403  # known: ingest only


async def test_a_stored_answer_does_not_give_a_new_key_away(api: Api) -> None:
    secret = (await post(api)).json()["key"]
    rows = await api.database.pool.fetch("SELECT answer FROM idempotency")
    assert len(rows) == 1
    assert secret.encode() not in rows[0]["answer"]


async def test_a_key_that_is_too_long_is_refused(api: Api) -> None:
    answer = await post(api, idempotency_key="k" * 256)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header:idempotency-key"
