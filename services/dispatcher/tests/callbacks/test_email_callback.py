"""Mail by HTTP: with the secret alone, bounded, and asked for again where it is not safe."""

from __future__ import annotations

import base64

import httpx
import pytest
from dispatcher.callbacks.email import MailCallback
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tocsin_runtime.health_app import health_app

from services.dispatcher.tests.callbacks.mail_desk import Desk, intake_of
from services.dispatcher.tests.replies.mails import DELIVERY, REPLY_TO, RETURN_PATH, bounce, mail

SECRET = "the secret"
BEARER = {"Authorization": f"Bearer {SECRET}"}


def client_of(desk: Desk, secret: str | None = SECRET) -> httpx.AsyncClient:
    app = health_app(MailCallback(intake_of(desk), secret, 100_000).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_reply_comes_in_by_its_headers_alone() -> None:
    desk = Desk()
    async with client_of(desk) as client:
        answer = await client.post("/callbacks/email", content=mail(), headers=BEARER)

    assert answer.json() == {"result": "asked"}
    assert desk.answers[0].delivery_ids == (DELIVERY,)


async def test_the_envelope_may_be_named() -> None:
    desk = Desk()
    raw = bounce(quoted="<no@one>", to="hidden@nordwind.example")
    async with client_of(desk) as client:
        answer = await client.post(
            "/callbacks/email", params={"to": RETURN_PATH, "from": ""}, content=raw, headers=BEARER
        )

    assert answer.json() == {"result": "report"}
    assert desk.receipts[0].delivery_id == DELIVERY


async def test_a_basic_password_is_the_secret_as_well() -> None:
    desk = Desk()
    basic = base64.b64encode(f"tocsin:{SECRET}".encode()).decode()
    async with client_of(desk) as client:
        answer = await client.post(
            "/callbacks/email", content=mail(), headers={"Authorization": f"Basic {basic}"}
        )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic !!"},
        {"Authorization": "Basic dG9jc2lu"},
        {"Authorization": SECRET},
    ],
)
async def test_without_the_secret_nothing_is_read(headers: dict[str, str]) -> None:
    desk = Desk()
    async with client_of(desk) as client:
        answer = await client.post("/callbacks/email", content=mail(), headers=headers)

    assert answer.status_code == 403
    assert desk.answers == []


async def test_where_no_secret_is_set_nobody_may() -> None:
    desk = Desk()
    async with client_of(desk, secret=None) as client:
        for headers in ({}, {"Authorization": "Bearer "}, BEARER):
            answer = await client.post("/callbacks/email", content=mail(), headers=headers)
            assert answer.status_code == 403


async def test_a_giant_is_refused() -> None:
    desk = Desk()
    async with client_of(desk) as client:
        answer = await client.post(
            "/callbacks/email", content=mail(body="x" * 200_000), headers=BEARER
        )

    assert answer.status_code == 413
    assert desk.answers == []


async def test_an_empty_body_is_told_so() -> None:
    async with client_of(Desk()) as client:
        assert (await client.post("/callbacks/email", headers=BEARER)).status_code == 422


async def test_what_cannot_be_kept_is_asked_for_again() -> None:
    desk = Desk()
    desk.away = True
    async with client_of(desk) as client:
        answer = await client.post(
            "/callbacks/email", params={"to": REPLY_TO}, content=mail(), headers=BEARER
        )

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


async def test_a_no_has_one_type_and_title_and_a_sentence_with_the_way_out() -> None:
    async with client_of(Desk()) as client:
        unknown = await client.post("/callbacks/email", content=mail())
        giant = await client.post("/callbacks/email", content=b"x" * 100_001, headers=BEARER)
        nowhere = await client.get("/elsewhere")

    assert [answer.json() for answer in (unknown, giant, nowhere)] == [
        {
            "type": "urn:tocsin:problem:not-signed",
            "title": "The signature or secret is not right",
            "status": 403,
            "detail": "Send the secret of MAIL_CALLBACK_SECRET in the Authorization header.",
        },
        {
            "type": "urn:tocsin:problem:body-too-large",
            "title": "The body is too large",
            "status": 413,
            "detail": "A mail may have 100000 bytes; send it without attachments.",
        },
        {
            "type": "urn:tocsin:problem:not-found",
            "title": "There is no such thing",
            "status": 404,
            "detail": "Check the address: there is nothing at it.",
        },
    ]


async def test_what_went_wrong_on_our_side_is_a_problem_too() -> None:
    async def broken(_: Request) -> Response:
        raise RuntimeError

    app = health_app([Route("/", broken)])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/")

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:tocsin:problem:internal")
