"""What holds for every route there is, found in the API's own description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from incident_api.testing import Api

pytestmark = pytest.mark.integration

OPEN_TO_ALL = frozenset({"/problems"})
BY_LINK = ("/take/", "/approve/", "/review/", "/feedback/", "/confirm/", "/destination/", "/duty/")
"""Pages for people, in HTML, and a calendar."""

TAKES_NO_BODY = "/v1/stream/tickets"
"""Whatever is sent along is not read."""

NO_LISTS = frozenset({"/v1/directory", "/v1/stream", "/v1/statistics"})

NASTY: dict[str, Any] = {
    "nothing": None,
    "a list": [],
    "a number": 7,
    "text": "text",
    "unknown fields": {"no_such_field": 1},
    "NUL": dict.fromkeys(("title", "name", "message", "note", "key", "reason"), "a\x00b"),
    "NUL in an answer": {"text": "a\x00b", "person": "a\x00b"},
    "NUL in a question": {"text": "a\x00b", "client_key": "acme", "contact": "a\x00b"},
    "NUL in a destination": {"channel": "email", "address": "a\x00b@acme.example"},
    "wrong types": {
        "title": 1,
        "name": {},
        "message": [],
        "severity": "sev9",
        "system_keys": "mail-eu",
        "clients": 1,
        "systems": {"a": 1},
    },
    "deep": json.loads("[" * 200 + "]" * 200),
    "a huge number": {"eta": 10**400, "minutes": 10**400, "revision": 10**400},
}


def operations(api: Api) -> Iterator[tuple[str, str]]:
    for path, methods in api.app.openapi()["paths"].items():
        for method in methods:
            yield method.upper(), path


def at(path: str, value: str) -> str:
    """``path`` with ``value`` in place of each of its parameters."""
    parts = path.split("/")
    return "/".join(value if part.startswith("{") else part for part in parts)


def is_refusal(answer: httpx.Response) -> bool:
    return (
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["type"].startswith("urn:tocsin:problem:")
    )


async def test_no_route_answers_without_a_key(api: Api) -> None:
    for method, path in operations(api):
        if path in OPEN_TO_ALL or path.startswith(BY_LINK):
            continue
        known = path.replace("{format_name}", "generic")
        answer = await api.client.request(method, at(known, "x"))
        assert answer.status_code in (400, 401, 422), f"{method} {path}: {answer.text}"
        if answer.status_code == 401:
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_no_body_however_wrong_is_more_than_refused(api: Api) -> None:
    """Neither a 500 nor a success, and nothing is written."""
    before = len(await api.events())
    for method, path in operations(api):
        if method in ("GET", "DELETE") or path.startswith((*BY_LINK, "/v1/ingest", TAKES_NO_BODY)):
            continue
        for name, body in NASTY.items():
            answer = await api.call(method, at(path, "none"), body)
            assert is_refusal(answer), f"{method} {path} with {name}: {answer.text}"
    assert len(await api.events()) == before


@pytest.mark.parametrize("nasty", ["%00", "%ff", "..%2f", "%F0%9F%94%A5", "a" * 2000, "'", "%20"])
async def test_no_id_however_odd_is_more_than_not_found(api: Api, nasty: str) -> None:
    for method, path in operations(api):
        if "{" not in path or path.startswith((*BY_LINK, "/v1/ingest")):
            continue
        body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
        answer = await api.call(method, at(path, nasty), body)
        assert is_refusal(answer), f"{method} {path}: {answer.status_code} {answer.text}"


async def test_no_payload_of_a_tool_is_more_than_refused(api: Api) -> None:
    """Tools are read leniently: what can be made sense of is taken, and nothing is a 500."""
    for name, body in NASTY.items():
        for format_name in ("alertmanager", "generic"):
            answer = await api.post(f"/v1/ingest/{format_name}", body, key="ingest")
            if answer.status_code == 202:
                assert isinstance(answer.json()["results"], list)
            else:
                assert is_refusal(answer), f"{format_name} with {name}: {answer.text}"


async def test_every_answer_of_a_list_is_a_page(api: Api) -> None:
    for method, path in operations(api):
        if method == "GET" and "{" not in path and path not in NO_LISTS:
            answer = await api.get(path)
            assert answer.status_code == 200, f"{path}: {answer.text}"
            assert "items" in answer.json()
