"""Slack's Web API: auth.test, chat.postMessage and chat.update, views, people, response_url.

Sources: docs.slack.dev, "Using the Slack Web API" (arguments as JSON or form, token as Bearer or
argument, failures as ``ok: false`` with HTTP 200), chat.postMessage, chat.update, "Rate limits"
(429 with Retry-After; about one message a second and channel), "Handling user interaction"
(response_url).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from devstack.sandbox.faults import Fault
from devstack.sandbox.http_faults import refusal, spoil
from devstack.sandbox.messages import Message
from devstack.sandbox.slack_limits import problem_with_post
from devstack.sandbox.slack_payloads import Place
from devstack.sandbox.slack_people import People
from devstack.sandbox.slack_posts import BOT, Arguments, Posts, as_slack_shows
from devstack.sandbox.slack_reader import SlackReader
from devstack.sandbox.slack_views import Views

if TYPE_CHECKING:
    from devstack.sandbox.answer_api import Asked
    from devstack.sandbox.server import Sandbox

TEAM = "T0SANDBOX"
STRUCTURED = ("blocks", "metadata", "attachments", "view")
EDITABLE = ("text", "blocks", "metadata")
MOST_RESPONSES = 1_000


class Slack:
    """``responses`` are what was posted to a response_url: shown to one person alone."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.people, self.views = People(), Views()
        self.responses: list[dict[str, Any]] = []
        self._posts = Posts(sandbox)
        self._free_at: dict[str, float] = {}
        self._methods: dict[str, Callable[[str, Arguments], web.Response]] = {
            "auth.test": self._who,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "conversations.open": self._open_conversation,
            "users.lookupByEmail": self._by_email,
            "views.open": self._open_view,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/slack/api/{method}", self.call),
            web.post("/slack/response/{token}", self.respond),
        ]

    async def read(self, message: Message, asked: Asked) -> dict[str, Any] | None:
        """What a person who reads it does: a button, a reply, both where the button asks."""
        reader = SlackReader(self, message, asked.by)
        button = reader.button(asked.click) if asked.click else None
        if button is not None:
            return await reader.press(button, typed=asked.reply)
        return await reader.reply(asked.reply) if asked.reply and not asked.click else None

    @property
    def url(self) -> str:
        return self._sandbox.url

    @property
    def dispatcher_url(self) -> str | None:
        return self._sandbox.settings.dispatcher_url

    def secret_of(self, team: str) -> str:
        settings = self._sandbox.settings
        known = settings.slack_workspaces.get(team)
        return known[1] if known else settings.slack_signing_secret

    def next_ts(self) -> str:
        return self._posts.next_ts()

    def keep_reply(self, place: Place, text: str) -> None:
        reply = {"user": place.user, "text": text, "ts": place.ts}
        self._posts.keep_reply(place.channel, place.thread, reply)

    async def call(self, request: web.Request) -> web.Response:
        arguments = await _arguments(request)
        name = request.match_info["method"]
        method = self._methods.get(name)
        if arguments is None:
            return error("invalid_json")
        if method is None:
            return error("unknown_method")
        team = self._team(request, arguments)
        if team is None:
            return error("invalid_auth" if _token(request, arguments) else "not_authed")
        channel = str(arguments.get("channel", ""))
        named = [channel, *self.people.names(channel)]
        fault = self._sandbox.faults.hit("slack", named) if channel else None
        if fault is not None:
            return await _misbehave(request, fault, lambda: method(team, arguments))
        limited = self._limited(channel) if name == "chat.postMessage" else None
        return limited or method(team, arguments)

    async def respond(self, request: web.Request) -> web.Response:
        """Up to five times within 30 minutes; here simply kept."""
        token = request.match_info["token"]
        self.responses.append({**await request.json(), "token": token})
        del self.responses[:-MOST_RESPONSES]
        return web.Response(text="ok")

    def _team(self, request: web.Request, arguments: Arguments) -> str | None:
        token, settings = _token(request, arguments), self._sandbox.settings
        teams = {settings.slack_token: TEAM}
        teams |= {pair[0]: team for team, pair in settings.slack_workspaces.items()}
        return teams.get(token)

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

    def _who(self, team: str, _: Arguments) -> web.Response:
        return answer(url="https://sandbox.slack.com/", team="Sandbox", team_id=team, **BOT)

    def _post(self, team: str, arguments: Arguments) -> web.Response:
        channel, text = str(arguments.get("channel", "")), str(arguments.get("text") or "")
        problem = problem_with_post(
            channel, text, arguments.get("blocks") or [], arguments.get("thread_ts")
        )
        if problem is not None:
            return error(problem)
        body = {name: value for name, value in arguments.items() if name != "token"}
        message = self._posts.add(body, team, self.people.names(channel))
        return answer(
            channel=channel, ts=message.content.body["ts"], message=as_slack_shows(message)
        )

    def _update(self, team: str, arguments: Arguments) -> web.Response:
        channel, ts = str(arguments.get("channel", "")), str(arguments.get("ts", ""))
        message = self._posts.get(channel, ts)
        if message is None or message.facts["team"] != team:
            return error("message_not_found")
        new: Arguments = {name: arguments[name] for name in EDITABLE if name in arguments}
        problem = problem_with_post(channel, new.get("text", ""), new.get("blocks") or [], None)
        if problem is not None:
            return error(problem)
        self._posts.change(message, new)
        return answer(channel=channel, ts=ts, text=message.content.body["text"])

    def _by_email(self, _: str, arguments: Arguments) -> web.Response:
        user = self.people.by_email(str(arguments.get("email", "")))
        return answer(user=user) if user else error("users_not_found")

    def _open_conversation(self, _: str, arguments: Arguments) -> web.Response:
        opened = self.people.conversation(str(arguments.get("users", "")))
        if opened is None:
            return error("user_not_found")
        channel, before = opened
        return answer(channel={"id": channel}, already_open=before)

    def _open_view(self, _: str, arguments: Arguments) -> web.Response:
        made = self.views.open(str(arguments.get("trigger_id", "")), arguments.get("view"))
        return error(made) if isinstance(made, str) else answer(view=made)


def answer(**fields: Any) -> web.Response:
    return web.json_response({"ok": True, **fields})


def error(name: str) -> web.Response:
    return web.json_response({"ok": False, "error": name})


def _token(request: web.Request, arguments: Arguments) -> str:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return given or str(arguments.get("token", ""))


async def _arguments(request: web.Request) -> Arguments | None:
    """The call's arguments, from JSON or a form whose structured values are JSON strings."""
    try:
        if request.content_type == "application/json":
            body = await request.json()
            return body if isinstance(body, dict) else None
        form: Arguments = {**request.query, **await request.post()}
        given = [name for name in STRUCTURED if name in form]
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
