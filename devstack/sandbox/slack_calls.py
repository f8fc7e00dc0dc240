"""What Slack sends to the app: events, button presses, forms, commands, each signed.

Sources: docs.slack.dev, "Verifying requests from Slack" (v0 signature over timestamp and body),
"Events API" (JSON; repeated nearly at once with ``X-Slack-Retry-Num`` where the answer is no 2xx
within 3 seconds), "Handling user interaction" (form field ``payload``), "Slash commands" (form).
"""

from __future__ import annotations

import json
import time
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

Kind = Literal["events", "interactivity", "commands"]
PATIENCE = aiohttp.ClientTimeout(total=3)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Caller:
    """``base_url`` is the app's own address; its routes are ``/callbacks/slack/{kind}``."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")

    async def event(self, secret: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sent again once where it failed, as Slack does nearly at once."""
        answer = await self._send("events", secret, json.dumps(body), {})
        if answer["status"] // 100 != 2:
            reason = "http_timeout" if answer["status"] == 0 else "http_error"
            again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": reason}
            answer = await self._send("events", secret, json.dumps(body), again)
        return answer

    async def interaction(self, secret: str, payload: dict[str, Any]) -> dict[str, Any]:
        return await self._send(
            "interactivity", secret, urlencode({"payload": json.dumps(payload)}), {}
        )

    async def command(self, secret: str, form: dict[str, str]) -> dict[str, Any]:
        return await self._send("commands", secret, urlencode(form), {})

    async def _send(
        self, kind: Kind, secret: str, body: str, more: dict[str, str]
    ) -> dict[str, Any]:
        """Status (0: no answer in time) and body, parsed where it is JSON."""
        content_type = JSON if kind == "events" else FORM
        headers = {"Content-Type": content_type, **signed(secret, body), **more}
        url = f"{self._base_url}/callbacks/slack/{kind}"
        try:
            async with (
                aiohttp.ClientSession(timeout=PATIENCE) as session,
                session.post(url, data=body.encode(), headers=headers) as response,
            ):
                text = await response.text()
                return {"status": response.status, "answer": _parsed(text)}
        except TimeoutError:
            return {"status": 0, "answer": None}


def signed(secret: str, body: str, *, at: float | None = None) -> dict[str, str]:
    """``at``: the moment it claims, in seconds since 1970; now, where none is given."""
    timestamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
