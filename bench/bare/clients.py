"""Each provider's own client library, with none of our code: one function a channel.

Each gives a coroutine that sends the n-th message to its own reader.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
from apprise import Apprise
from slack_sdk.web.async_client import AsyncWebClient
from standardwebhooks.webhooks import Webhook
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

Send = Callable[[int], Awaitable[Any]]


@dataclass(frozen=True)
class Said:
    """What every channel says, and where the provider is."""

    subject: str
    text: str
    html: str
    url: str
    smtp_port: int
    webhook_secret: str
    twilio_account: str
    twilio_token: str
    sender: str
    teams_url: Callable[[int], str]
    callback: str
    at_once: int
    until_done: AsyncExitStack
    """Closes what was opened."""


async def email(said: Said) -> Send:
    free: asyncio.Queue[aiosmtplib.SMTP] = asyncio.Queue()
    for _ in range(said.at_once):
        connection = aiosmtplib.SMTP(hostname="127.0.0.1", port=said.smtp_port, start_tls=False)
        await connection.connect()
        said.until_done.push_async_callback(connection.quit)
        free.put_nowait(connection)

    async def send(number: int) -> None:
        message = EmailMessage()
        message["From"] = "Service Desk <desk@msp.example>"
        message["To"] = f"p{number}@bare.example"
        message["Subject"] = said.subject
        message["Message-ID"] = f"<{number}@bare.example>"
        message.set_content(said.text)
        message.add_alternative(said.html, subtype="html")
        connection = await free.get()
        await connection.send_message(message)
        free.put_nowait(connection)

    return send


async def slack(said: Said) -> Send:
    session = await said.until_done.enter_async_context(aiohttp.ClientSession())
    client = AsyncWebClient("xoxb-sandbox", base_url=f"{said.url}/slack/api/", session=session)
    block = {"type": "section", "text": {"type": "mrkdwn", "text": said.text}}

    async def send(number: int) -> None:
        await client.chat_postMessage(
            channel=f"C{number:05}", text=said.subject, blocks=[block], unfurl_links=False
        )

    return send


def _twilio(said: Said) -> Client:
    """The library knows Twilio's address alone, so its requests are moved to the sandbox."""
    http = AsyncTwilioHttpClient()
    said.until_done.push_async_callback(http.close)
    request = http.request

    async def moved(method: str, url: str, *rest: Any, **more: Any) -> Any:
        url = url.replace("https://api.twilio.com", f"{said.url}/twilio")
        return await request(method, url, *rest, **more)

    http.request = moved
    return Client(said.twilio_account, said.twilio_token, http_client=http)


async def sms(said: Said) -> Send:
    messages = _twilio(said).messages

    async def send(number: int) -> None:
        await messages.create_async(
            to=f"+49151{number:08}",
            from_=said.sender,
            body=said.text,
            status_callback=said.callback,
        )

    return send


async def voice(said: Said) -> Send:
    calls = _twilio(said).calls

    async def send(number: int) -> None:
        await calls.create_async(
            to=f"+49151{number:08}",
            from_=said.sender,
            url=said.callback,
            status_callback=said.callback,
            status_callback_event=["initiated", "ringing", "answered", "completed"],
            machine_detection="DetectMessageEnd",
        )

    return send


async def teams(said: Said) -> Send:
    session = await said.until_done.enter_async_context(aiohttp.ClientSession())
    block = {"type": "TextBlock", "text": said.text, "wrap": True}
    card = {"type": "AdaptiveCard", "version": "1.4", "body": [block]}
    kind = "application/vnd.microsoft.card.adaptive"
    body = {"type": "message", "attachments": [{"contentType": kind, "content": card}]}

    async def send(number: int) -> None:
        async with session.post(said.teams_url(number), json=body) as answer:
            answer.raise_for_status()

    return send


async def webhook(said: Said) -> Send:
    session = await said.until_done.enter_async_context(aiohttp.ClientSession())
    signer = Webhook(said.webhook_secret)
    body = '{"type": "incident.opened", "data": {"incident": {"ref": "INC-2041"}}}'

    async def send(number: int) -> None:
        now = datetime.now(UTC)
        headers = {
            "webhook-id": str(number),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(str(number), now, body),
        }
        url = f"{said.url}/webhooks/bare-{number}"
        async with session.post(url, data=body, headers=headers) as answer:
            answer.raise_for_status()

    return send


async def apprise(said: Said) -> Send:
    threads = said.until_done.enter_context(ThreadPoolExecutor(said.at_once))

    def notify(number: int) -> None:
        service = Apprise()
        service.add(f"{said.url.replace('http', 'json')}/apprise/bare-{number}")
        service.notify(title=said.subject, body=said.text)

    async def send(number: int) -> None:
        await asyncio.get_running_loop().run_in_executor(threads, notify, number)

    return send
