"""The recipient clicks: a page is opened, its form is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
import pytest
from aiohttp import web

from devstack.sandbox import Sandbox

PAGE = """
<h1>INC-2041</h1><a href="/elsewhere">more</a>
<form method="post">
  <input type="hidden" name="nonce" value="n-1"><input type="text" name="note">
  <select name="to"><option value="tom">Tom</option><option value="eva">Eva</option></select>
  <button name="verb" value="take">I have it</button>
  <button name="verb" value="decline">Pass on</button>
  <button name="verb" value="hand_over">Hand over</button>
</form>
"""


class Service:
    """A service that shows a page and remembers what was sent to it."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.posted: list[dict[str, str]] = []
        self.url = ""

    async def show(self, request: web.Request) -> web.Response:
        self.got.append(request.path)
        if request.path == "/l/short":
            raise web.HTTPSeeOther("/take/tok")
        text = PAGE if request.path == "/take/tok" else "<p>nothing to press</p>"
        return web.Response(text=text, content_type="text/html")

    async def act(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.posted.append({name: str(value) for name, value in form.items()})
        return web.Response(text="Thank you, it is yours.", content_type="text/html")


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.add_routes([web.get("/{rest:.*}", service.show), web.post("/{rest:.*}", service.act)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield service
    await runner.cleanup()


async def mailed(sandbox: Sandbox, text: str, html: str | None = None) -> str:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@y.example", "s"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    await aiosmtplib.send(message, hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False)
    return str(sandbox.messages()[-1]["id"])


async def answer(sandbox: Sandbox, **body: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/answer", json=body) as response,
    ):
        return response.status, await response.json(content_type=None)


@pytest.mark.parametrize(
    ("word", "verb"),
    [("take", "take"), ("I have it", "take"), ("decline", "decline"), ("Pass on", "decline")],
)
async def test_the_word_may_be_the_links_or_the_buttons(
    sandbox: Sandbox, service: Service, word: str, verb: str
) -> None:
    message = await mailed(
        sandbox, f"See {service.url}/status/1 or take it: {service.url}/take/tok."
    )
    status, said = await answer(sandbox, message_id=message, click=word)
    assert status == 200
    assert service.posted == [{"nonce": "n-1", "note": "", "to": "tom", "verb": verb}]
    assert said["status"] == 200
    assert "it is yours" in said["page"]


async def test_a_form_is_filled_in_as_told(sandbox: Sandbox, service: Service) -> None:
    message = await mailed(sandbox, "-", f'<a href="{service.url}/take/tok">Take it</a>')
    await answer(
        sandbox, message_id=message, click="Take it", button="hand_over", fields={"to": "eva"}
    )
    assert service.posted[0]["verb"] == "hand_over"
    assert service.posted[0]["to"] == "eva"


async def test_a_short_link_is_followed_to_its_page(sandbox: Sandbox, service: Service) -> None:
    message = await mailed(sandbox, f"{service.url}/l/short")
    status, said = await answer(sandbox, message_id=message, click="take")
    assert (status, said["clicked"]) == (200, f"{service.url}/take/tok")


async def test_a_button_in_a_slack_message_is_a_link_too(
    sandbox: Sandbox, service: Service
) -> None:
    button = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Take it"},
        "url": f"{service.url}/take/tok",
    }
    post = {
        "channel": "C0ANN",
        "text": "Please take this",
        "blocks": [{"type": "actions", "elements": [button]}],
    }
    headers = {"Authorization": "Bearer xoxb-sandbox"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{sandbox.slack_url}chat.postMessage", json=post),
    ):
        pass
    await answer(sandbox, message_id=sandbox.messages()[0]["id"], click="Take it")
    assert service.posted[0]["verb"] == "take"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no link at all", "no link to this machine"),
        ("https://tocsin.example/take/tok", "no link to this machine"),
        ("{url}/empty", "has a button for"),
    ],
)
async def test_what_a_person_could_not_do_is_said(
    sandbox: Sandbox, service: Service, text: str, says: str
) -> None:
    message = await mailed(sandbox, text.format(url=service.url))
    status, said = await answer(sandbox, message_id=message, click="take")
    assert status == 422
    assert says in said["detail"]
    assert service.posted == []


async def test_wrong_questions(sandbox: Sandbox) -> None:
    message = await mailed(sandbox, "http://127.0.0.1:9/take/tok")
    assert (await answer(sandbox, message_id="none", click="take"))[0] == 404
    assert (await answer(sandbox, message_id=message, press="1"))[0] == 422
    assert (await answer(sandbox, message_id=message))[0] == 422
    assert (await answer(sandbox, click="take"))[0] == 422
    assert (await answer(sandbox, message_id=message, click="take"))[0] == 502
