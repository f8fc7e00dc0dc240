"""Twilio through its own library: what text messages and calls share."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from dispatcher.channels.http import HttpSession

OFFICIAL = "https://api.twilio.com"
"""What the library puts before every path of the API that we use."""

_QUIET = logging.getLogger("dispatcher.twilio")
_QUIET.setLevel(logging.WARNING)


class TwilioSettings(BaseSettings):
    twilio_account_sid: str | None = Field(
        default=None, description="Account sid (`AC…`); none: no text messages and no calls."
    )
    twilio_auth_token: SecretStr | None = Field(
        default=None,
        description="Auth token of that account: it signs in there, and what Twilio calls us back"
        " with is checked with it.",
    )
    twilio_base_url: str = Field(
        default=OFFICIAL,
        description="Where Twilio's API answers, such as https://api.dublin.ie1.twilio.com for a"
        " region of theirs.",
    )
    twilio_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for Twilio's answer."
    )


def twilio_client(settings: TwilioSettings, http: HttpSession) -> Client | None:
    """The library's client over our own session; ``None`` without an account.

    Make it once a channel. Nothing is taken from the environment behind the settings' back.
    """
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    if not sid or token is None:
        return None
    return Client(
        sid,
        token.get_secret_value(),
        http_client=_OurHttp(http, settings.twilio_base_url),
        environment={"TWILIO_EDGE": "", "TWILIO_REGION": ""},
    )


class _OurHttp:
    """Requests go over the session that the egress rule guards, to where the settings say."""

    is_async = True

    def __init__(self, http: HttpSession, base_url: str) -> None:
        self._inner = AsyncTwilioHttpClient(pool_connections=False, logger=_QUIET)
        self._http = http
        self._base = base_url.rstrip("/")

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **more: Any,
    ) -> Response:
        """The session does not unpack what is compressed, so nothing compressed is asked for; and
        it takes the sign-in as a header alone."""
        self._inner.session = self._http.session
        ours = {**(headers or {}), "Accept-Encoding": "identity"}
        if auth is not None:
            ours["Authorization"] = aiohttp.encode_basic_auth(*auth)
        return await self._inner.request(method, self._moved(url), headers=ours, **more)

    def _moved(self, url: str) -> str:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{self._base}{parts.path}{query}"
