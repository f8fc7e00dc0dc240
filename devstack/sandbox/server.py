"""One sandbox: its servers, what it received, and what shall go wrong."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from devstack.sandbox.answer_api import Answers, Reader
from devstack.sandbox.api import Api
from devstack.sandbox.apprise import AppriseReceivers
from devstack.sandbox.faults import Fault, Faults
from devstack.sandbox.inbox import Inbox
from devstack.sandbox.journal import Journal
from devstack.sandbox.mail import received_mail, subject_of
from devstack.sandbox.mail_reader import MailReader
from devstack.sandbox.messages import Filter, Mailbox
from devstack.sandbox.ntfy import Ntfy
from devstack.sandbox.slack import Slack
from devstack.sandbox.smtp import SmtpConnection
from devstack.sandbox.smtp_dialogue import MOST_BYTES, Dialogue
from devstack.sandbox.teams import Teams
from devstack.sandbox.twilio_account import TwilioAccount
from devstack.sandbox.twilio_messages import TwilioMessages
from devstack.sandbox.voice import TwilioCalls
from devstack.sandbox.webhooks import Webhooks


@dataclass(frozen=True)
class Settings:
    """Ports of 0 let the system choose."""

    host: str = "127.0.0.1"
    http_port: int = 0
    smtp_port: int = 0
    journal: Path | None = None
    dispatcher_url: str | None = None
    """Where what providers call back is sent, unless a message itself says where."""
    dispatcher_lmtp_port: int | None = None
    """Where mail that comes back is handed over."""
    slack_token: str = "xoxb-sandbox"
    slack_signing_secret: str = "sandbox-signing-secret"
    slack_workspaces: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Further workspaces: token and signing secret by team id."""
    twilio_account_sid: str = "AC00000000000000000000000000005a4d"
    twilio_auth_token: str = "sandbox-auth-token"
    twilio_number: str = "+493023125190"
    """Ours, which texts and calls reach where nothing else is said."""
    twilio_statuses: tuple[str, ...] = ()
    """What the network tells of each text message by itself, in this order."""
    voice_seconds_to_press: float = 30.0
    """How long a telephone waits for a key that nobody presses."""
    teams_signature: str = "sandbox-workflow-signature"
    teams_seconds_per_message: float | None = None
    """Teams takes about four messages a second; ``None`` takes them as they come."""
    webhook_secret: str = "whsec_c2FuZGJveC1zZWNyZXQtb2YtdGhlLWRldnN0YWNr"
    smtp_credentials: tuple[str, str] | None = None
    smtp_tls: ssl.SSLContext | None = None
    """The mail server's certificate; without ``smtp_implicit_tls`` STARTTLS is asked for."""
    smtp_implicit_tls: bool = False
    slack_seconds_per_message: float | None = None
    """Slack takes about one message a second and channel; ``None`` takes them as they come."""


class Sandbox:
    """``async with Sandbox() as sandbox:`` starts it on free ports of this machine."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.mailbox = Mailbox()
        self.faults = Faults()
        self.journal = Journal(self.settings.journal)
        self.webhook_secrets: dict[str, str] = {}
        """Secrets of endpoints that have their own, by the name in their path."""
        self.slack = Slack(self)
        self.teams = Teams(self)
        self.twilio = TwilioAccount(self)
        self.texts = TwilioMessages(self, self.twilio)
        self.calls = TwilioCalls(self, self.twilio)
        self.mail = MailReader(self.settings.host, self.settings.dispatcher_lmtp_port)
        self.readers: dict[str, Reader] = {
            "email": self.mail.read,
            "slack": self.slack.read,
            "sms": self.texts.read,
            "voice": self.calls.read,
        }
        """Who reads a channel's messages and does what ``POST /answer`` asks, by channel."""
        self._connections: set[SmtpConnection] = set()

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.http_port}"

    @property
    def slack_url(self) -> str:
        return f"{self.url}/slack/api/"

    @property
    def twilio_url(self) -> str:
        return f"{self.url}/twilio"

    def messages(
        self,
        *,
        to: str | None = None,
        channel: str | None = None,
        since: datetime | str | None = None,
        contains: str | None = None,
    ) -> list[dict[str, Any]]:
        """What ``GET /messages`` would answer, without the detour."""
        wanted = Filter(to=to, channel=channel, since=since, contains=contains)
        return [message.item() for message in self.mailbox.find(wanted)]

    def fault(self, channel: str, mode: str, **more: Any) -> None:
        self.faults.put(channel, Fault.model_validate({"mode": mode, **more}))

    def clear(self) -> None:
        """Forget messages and faults; the journal stays."""
        self.mailbox.clear()
        self.faults.clear()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        settings = self.settings
        self._smtp = await loop.create_server(
            self._connection,
            settings.host,
            settings.smtp_port,
            ssl=settings.smtp_tls if settings.smtp_implicit_tls else None,
        )
        self.smtp_port: int = self._smtp.sockets[0].getsockname()[1]
        self._http = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.2)
        await self._http.setup()
        site = web.TCPSite(self._http, self.settings.host, self.settings.http_port)
        await site.start()
        self.http_port: int = self._http.addresses[0][1]

    async def stop(self) -> None:
        self._smtp.close()
        await self.texts.close()
        await self.calls.close()
        for connection in list(self._connections):
            connection.abort()
        await self._http.cleanup()
        self.journal.close()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        parts = (
            Api(self),
            Answers(self),
            Inbox(self),
            self.slack,
            self.teams,
            self.texts,
            self.calls,
            AppriseReceivers(self),
            Ntfy(self),
            Webhooks(self),
        )
        for part in parts:
            app.add_routes(part.routes())
        return app

    def _connection(self) -> SmtpConnection:
        settings = self.settings
        tls = None if settings.smtp_implicit_tls else settings.smtp_tls
        dialogue = Dialogue(
            self._take_mail,
            self.faults,
            settings.smtp_credentials,
            offers_tls=tls is not None,
        )
        return SmtpConnection(dialogue, self._connections, tls)

    def _take_mail(self, sender: str, to: list[str], raw: bytes) -> str:
        message = received_mail(sender, to, raw, datetime.now(UTC))
        key = message.facts["message_id"]
        self.journal.write(message, key=key, subject=subject_of(raw))
        self.mailbox.add(message)
        return message.id
