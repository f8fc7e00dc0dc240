"""Whatever comes in gets one clear answer, as a problem document, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import asyncpg
import pytest
from incident_api.testing import Api

pytestmark = pytest.mark.integration


async def send(
    api: Api,
    body: bytes,
    *,
    method: str = "POST",
    path: str = "/v1/keys",
    content_type: str | None = "application/json",
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {api.keys['admin']}"}
    if content_type is not None:
        headers["Content-Type"] = content_type
    answer = await api.client.request(method, path, content=body, headers=headers)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"].endswith(".")
    return problem


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": ',
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b'{"name": 1' + b"0" * 5000 + b"}",
        b"[" * 100_000,
    ],
    ids=["cut", "empty", "text", "bytes", "huge number", "deep"],
)
async def test_a_body_that_is_no_json(api: Api, body: bytes) -> None:
    assert (await send(api, body))["status"] in (400, 422)
    problem = await send(api, body, method="PUT", path="/v1/directory")
    assert problem["type"] == "urn:tocsin:problem:malformed-body"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"a: [" * 20_000, "nested too deeply"),
        (b"- " * 20_000, "nested too deeply"),
        (b"systems: &x []\nclients: *x", "Anchors"),
        (b"systems: []\nsystems: []", "twice"),
        (b"a: b: c", "cannot be read"),
        (b"systems: []\n---\nclients: []", "exactly one document"),
        (b"1: x", "must be text"),
        (b"\xff\xff", "UTF-8"),
    ],
)
async def test_a_body_that_is_no_sound_yaml(api: Api, body: bytes, says: str) -> None:
    problem = await send(
        api, body, method="PUT", path="/v1/directory", content_type="application/yaml"
    )
    assert problem["type"] == "urn:tocsin:problem:malformed-body"
    assert says in problem["detail"]


async def test_a_field_written_twice(api: Api) -> None:
    body = b'{"systems": [], "systems": [{"key": "a", "name": "A"}]}'
    problem = await send(api, body, method="PUT", path="/v1/directory")
    assert "'systems' is there twice" in problem["detail"]


async def test_each_wrong_field_is_pointed_at(api: Api) -> None:
    body = json.dumps({"nme": "x", "scopes": ["fly"], "expires_at": "2026-12-01T00:00:00"})
    problem = await send(api, body.encode())
    assert problem["type"] == "urn:tocsin:problem:invalid"
    by_pointer = {e["pointer"]: e["detail"] for e in problem["errors"]}
    assert by_pointer["/name"] == "This field is needed."
    assert by_pointer["/nme"] == "There is no such field."
    assert "offset" in by_pointer["/expires_at"]
    assert any(pointer.startswith("/scopes") for pointer in by_pointer)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_a_time_that_no_calendar_reaches(api: Api, moment: str) -> None:
    """Kept once, it could never be read again, and would take every list with it."""
    body = {"title": "Storage", "severity": "sev3", "started_at": moment}

    problem = await send(api, json.dumps(body).encode(), path="/v1/incidents")

    assert problem["status"] == 422
    [error] = problem["errors"]
    assert error == {
        "pointer": "/started_at",
        "detail": "This time must lie between the years 1990 and 2199.",
    }


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_another_content_type(api: Api, content_type: str) -> None:
    problem = await send(api, b"name=x", content_type=content_type)
    assert problem["status"] == 415
    assert "send application/json" in problem["detail"]


async def test_no_content_type_is_read_as_json(api: Api) -> None:
    answer = await api.client.post(
        "/v1/keys",
        content=b'{"name": "curl", "scopes": ["read"]}',
        headers={"Authorization": f"Bearer {api.keys['admin']}"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "method", "size"),
    [("/v1/keys", "POST", 1_000_001), ("/v1/directory", "PUT", 5_000_001)],
)
async def test_a_body_that_is_too_large(api: Api, path: str, method: str, size: int) -> None:
    problem = await send(api, b" " * size, method=method, path=path)
    assert problem["status"] == 413


async def test_a_body_that_does_not_say_how_large_it_is(api: Api) -> None:
    async def chunks() -> Any:
        for _ in range(11):
            yield b" " * 100_000

    answer = await api.client.post(
        "/v1/keys",
        content=chunks(),
        headers={
            "Authorization": f"Bearer {api.keys['admin']}",
            "Content-Type": "application/json",
        },
    )
    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:tocsin:problem:body-too-large"


@pytest.mark.parametrize("name", ["a\x00b", "a\r\nBcc: x@example.com", "x" * 81, "   ", "a\u2028b"])
async def test_a_name_that_is_no_single_line(api: Api, name: str) -> None:
    problem = await send(api, json.dumps({"name": name, "scopes": ["read"]}).encode())
    assert problem["errors"][0]["pointer"] == "/name"


async def test_half_a_surrogate_pair(api: Api) -> None:
    problem = await send(api, b'{"name": "a\\ud800b", "scopes": ["read"]}')
    assert problem["errors"][0]["pointer"] == "/name"


async def test_emoji_and_right_to_left_text_are_welcome(api: Api) -> None:
    for name in ("🔥 مراقبة", "שלום", "日本語"):
        answer = await api.post("/v1/keys", {"name": name, "scopes": ["read"]})
        assert answer.status_code == 201
        assert answer.json()["name"] == name


@pytest.mark.parametrize(
    "path",
    [
        "/v1/nothing",
        "/v1/keys/none",
        "/v1/systems/%00",
        "/v1/systems/..%2f..%2fetc",
        "/v1/clients/%F0%9F%94%A5",
    ],
)
async def test_an_address_or_id_that_leads_nowhere(api: Api, path: str) -> None:
    problem = await send(api, b"", method="DELETE", path=path, content_type=None)
    assert problem["status"] in (404, 405, 422)


async def test_a_method_that_is_not_taken(api: Api) -> None:
    answer = await api.call("PATCH", "/v1/keys", {})
    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:tocsin:problem:method-not-allowed"
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=x", "?limit"),
        ("cursor=nonsense", "?cursor"),
        ("cursor=WzFd", "?cursor"),
        ("cursor=WyJhIiwiYiIsImMiXQ", "?cursor"),
        ("cursor=WyJhIiwiYiJd", "?cursor"),
    ],
)
async def test_a_query_that_makes_no_sense(api: Api, query: str, pointer: str) -> None:
    for path in ("/v1/systems", "/v1/keys"):
        if path == "/v1/keys" and query in ("cursor=WyJhIiwiYiIsImMiXQ", "cursor=WyJhIiwiYiJd"):
            continue  # any text is a place in a list of ids
        answer = await api.get(f"{path}?{query}")
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["pointer"] == pointer


async def test_an_error_of_our_own_gives_nothing_away(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail of the inside")

    monkeypatch.setattr("incident_api.auth.store.newest_first", broken)
    answer = await api.get("/v1/keys")
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:tocsin:problem:internal"
    assert "secret detail" not in answer.text


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError]
)
async def test_a_database_that_is_away_or_busy_is_a_503_with_a_time_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("incident_api.auth.store.newest_first", fails)
    answer = await api.get("/v1/keys")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


async def test_every_problem_type_is_listed(api: Api) -> None:
    listed = (await api.client.get("/problems")).json()["items"]
    assert {
        name: value
        for item in listed
        if item["type"].endswith(":invalid")
        for name, value in item.items()
        if name != "title"
    } == {"type": "urn:tocsin:problem:invalid", "status": 422}
    assert len(listed) > 10


async def test_the_api_describes_itself(api: Api) -> None:
    document = (await api.client.get("/openapi.json")).json()
    assert {"/v1/directory", "/v1/keys", "/v1/clients/{key}"} <= set(document["paths"])
    schema = document["components"]["securitySchemes"]
    assert schema["key"]["scheme"] == "bearer"
