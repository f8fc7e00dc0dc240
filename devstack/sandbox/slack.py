"""Slack's Web API: auth.test, chat.postMessage, chat.update.

Sources: docs.slack.dev, "Using the Slack Web API" (arguments as JSON or form, token as Bearer or
argument, failures as ``ok: false`` with HTTP 200), chat.postMessage, chat.update, "Rate limits"
(429 with Retry-After; about one message a second and channel).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from devstack.sandbox.faults import Fault
from devstack.sandbox.http_faults import refusal, spoil
from devstack.sandbox.messages import Content, Message
from devstack.sandbox.slack_limits import MOST_TEXT, problem_with_post

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

TEAM = {"team": "Sandbox", "team_id": "T0SANDBOX", "user": "tocsin", "user_id": "U0TOCSIN"}
JSON_ARGUMENTS = ("blocks", "metadata", "attachments")
EDITABLE: tuple[str, ...] = ("text", "blocks", "metadata")

Arguments = dict[str, Any]


class Slack:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._posts: dict[tuple[str, str], Message] = {}
        self._last_ts = 0
        self._free_at: dict[str, float] = {}
        self._methods: dict[str, Callable[[Arguments], web.Response]] = {
            "auth.test": lambda _: answer(url="https://sandbox.slack.com/", bot_id="B0", **TEAM),
            "chat.postMessage": self._post,
            "chat.update": self._update,
        }

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/slack/api/{method}", self.call)]

    async def call(self, request: web.Request) -> web.Response:
        arguments = await _arguments(request)
        method = self._methods.get(request.match_info["method"])
        if arguments is None:
            return error("invalid_json")
        if method is None:
            return error("unknown_method")
        problem = self._problem_with_token(request, arguments)
        if problem is not None:
            return error(problem)
        channel = str(arguments.get("channel", ""))
        fault = self._sandbox.faults.hit("slack", [channel]) if channel else None
        if fault is not None:
            return await _misbehave(request, fault, lambda: method(arguments))
        return self._limited(channel) or method(arguments)

    def _problem_with_token(self, request: web.Request, arguments: Arguments) -> str | None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        given = given or str(arguments.pop("token", ""))
        if not given:
            return "not_authed"
        return None if given == self._sandbox.settings.slack_token else "invalid_auth"

    def _limited(self, channel: str) -> web.Response | None:
        """One message a second and channel, with a burst of one, where the limit is switched on."""
        every = self._sandbox.settings.slack_seconds_per_message
        now = time.monotonic()
        if not every or not channel:
            return None
        if now < self._free_at.get(channel, 0.0):
            return _rate_limited(max(1, round(self._free_at[channel] - now)))
        self._free_at[channel] = now + every
        return None

    def _post(self, arguments: Arguments) -> web.Response:
        channel, text = str(arguments.get("channel", "")), str(arguments.get("text") or "")
        problem = problem_with_post(
            channel, text, arguments.get("blocks") or [], arguments.get("thread_ts")
        )
        if problem is not None:
            return error(problem)
        ts = self._next_ts()
        message = _received({**arguments, "text": text[:MOST_TEXT], "ts": ts})
        self._keep(message, channel, ts)
        return answer(channel=channel, ts=ts, message=_as_slack_shows(message))

    def _update(self, arguments: Arguments) -> web.Response:
        channel, ts = str(arguments.get("channel", "")), str(arguments.get("ts", ""))
        message = self._posts.get((channel, ts))
        if message is None:
            return error("message_not_found")
        before = message.content.body
        new: Arguments = {name: arguments[name] for name in EDITABLE if name in arguments}
        problem = problem_with_post(channel, new.get("text", ""), new.get("blocks") or [], None)
        if problem is not None:
            return error(problem)
        message.raw = json.dumps({**before, **new}, ensure_ascii=False).encode()
        message.facts["edits"] = message.facts.get("edits", 0) + 1
        message.reread()
        self._sandbox.journal.write(message, key=_key(new), what="edit")
        return answer(channel=channel, ts=ts, text=new.get("text", before["text"]))

    def _keep(self, message: Message, channel: str, ts: str) -> None:
        body = message.content.body
        self._sandbox.journal.write(message, key=_key(body), subject=body["text"][:120])
        self._sandbox.mailbox.add(message)
        self._posts[channel, ts] = message

    def _next_ts(self) -> str:
        """Seconds and microseconds, unlike any before: Slack's name for a message in a channel."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


def answer(**fields: Any) -> web.Response:
    return web.json_response({"ok": True, **fields})


def error(name: str) -> web.Response:
    return web.json_response({"ok": False, "error": name})


async def _arguments(request: web.Request) -> Arguments | None:
    """The call's arguments, from JSON or a form whose structured values are JSON strings."""
    try:
        if request.content_type == "application/json":
            body = await request.json()
            return body if isinstance(body, dict) else None
        form: Arguments = {**request.query, **await request.post()}
        given = [name for name in JSON_ARGUMENTS if name in form]
        return {**form, **{name: json.loads(form[name]) for name in given}}
    except ValueError:
        return None


async def _misbehave(
    request: web.Request, fault: Fault, usual: Callable[[], web.Response]
) -> web.Response:
    if fault.mode == "rate_limit":
        return _rate_limited(1 if fault.retry_after is None else fault.retry_after)
    if fault.mode not in ("reject", "retry"):
        return await spoil(request, fault, usual)
    code = fault.code or ("channel_not_found" if fault.mode == "reject" else 503)
    if isinstance(code, str) and not code.isdigit():
        return error(code)
    return refusal(int(code), {"ok": False, "error": "service_unavailable"}, fault.retry_after)


def _rate_limited(retry_after: int) -> web.Response:
    return refusal(429, {"ok": False, "error": "ratelimited"}, retry_after)


def _received(body: Arguments) -> Message:
    return Message(
        channel="slack",
        to=[str(body["channel"])],
        sender=str(body.get("username") or TEAM["user"]),
        raw=json.dumps(body, ensure_ascii=False).encode(),
        received_at=datetime.now(UTC),
        read=_read,
    )


def _read(message: Message) -> Content:
    body = json.loads(message.raw)
    return Content(
        subject=None,
        text=body["text"],
        html=None,
        headers={},
        thread=body.get("thread_ts") or body["ts"],
        body=body,
    )


def _as_slack_shows(message: Message) -> dict[str, Any]:
    body = message.content.body
    shown = ("text", "blocks", "metadata", "thread_ts", "ts")
    return {
        "type": "message",
        "user": TEAM["user_id"],
        **{name: body[name] for name in shown if name in body},
    }


def _key(body: Arguments) -> str | None:
    """The sender's own id of the message, which it puts into the metadata's payload."""
    payload = (body.get("metadata") or {}).get("event_payload") or {}
    named = [payload.get(name) for name in ("idempotency_key", "delivery_id", "id")]
    return next((str(value) for value in named if value), None)
