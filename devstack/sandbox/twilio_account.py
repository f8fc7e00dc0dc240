"""What Twilio's messages and calls share: signing in, errors, and calling back.

Sources: twilio.com/docs, "Requests to Twilio" (HTTP Basic with the account sid and its token),
"Twilio's Response" (errors as JSON with ``code``, ``message``, ``more_info``, ``status``),
"Security: validating signatures" (X-Twilio-Signature over the URL and every field of the form).
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

from devstack.sandbox.answer import LOOPBACK, CannotAnswer

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

API_VERSION = "2010-04-01"
PREFIX = f"/twilio/{API_VERSION}/Accounts/{{account}}"
"""Below the sandbox's own address, as the API stands below https://api.twilio.com."""

AUTHENTICATE = 20003
TOO_MANY = 20429


class TwilioAccount:
    def __init__(self, sandbox: Sandbox) -> None:
        self._settings = sandbox.settings

    @property
    def sid(self) -> str:
        return self._settings.twilio_account_sid

    @property
    def dispatcher_url(self) -> str | None:
        """Where the account's numbers are set to call in, beside what a request itself names."""
        return self._settings.dispatcher_url

    def problem_with(self, request: web.Request) -> web.Response | None:
        """The refusal of whoever is not this account; ``None`` lets them in."""
        given = _basic(request.headers.get("Authorization", ""))
        if given != (self.sid, self._settings.twilio_auth_token):
            return refused(401, AUTHENTICATE, "Authenticate")
        if request.match_info.get("account") != self.sid:
            return refused(404, 20404, "The requested resource was not found")
        return None

    async def call_back(self, url: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """POST ``fields`` to ``url``, signed; status and body of the answer.

        Raises ``CannotAnswer`` for what leads away from this machine.
        """
        if (urlsplit(url).hostname or "") not in LOOPBACK:
            raise CannotAnswer(f"{url} leads away from this machine, where nothing may go.")
        headers = {"X-Twilio-Signature": self.signature(url, fields)}
        timeout = aiohttp.ClientTimeout(total=15)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(url, data=dict(fields), headers=headers, allow_redirects=False) as answer,
        ):
            return answer.status, await answer.text()

    def signature(self, url: str, fields: Mapping[str, str]) -> str:
        validator = RequestValidator(self._settings.twilio_auth_token)
        return str(validator.compute_signature(url, dict(fields)))


def new_sid(prefix: str) -> str:
    """``SM`` for a message, ``CA`` for a call, and 32 hexadecimal digits."""
    return f"{prefix}{secrets.token_hex(16)}"


def refused(status: int, code: int, message: str) -> web.Response:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return web.json_response(body, status=status)


def too_many() -> web.Response:
    return refused(429, TOO_MANY, "Too Many Requests")


def _basic(header: str) -> tuple[str, str] | None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, password
