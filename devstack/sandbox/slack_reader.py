"""Somebody who reads Slack: presses a button, fills its form, writes below it, types a command."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from devstack.sandbox import slack_payloads as payloads
from devstack.sandbox.answer import CannotAnswer
from devstack.sandbox.messages import Message
from devstack.sandbox.slack_calls import Caller
from devstack.sandbox.slack_payloads import Place
from devstack.sandbox.slack_views import filled

if TYPE_CHECKING:
    from devstack.sandbox.slack import Slack

Answer = dict[str, Any]
SOMEBODY = "U0READER"


class SlackReader:
    """``by`` is the person's user id; in direct messages it is their reader."""

    def __init__(self, slack: Slack, message: Message, by: str | None = None) -> None:
        self._slack = slack
        self._message = message
        body = message.content.body
        channel, ts = str(body["channel"]), str(body["ts"])
        user = by or slack.people.reader(channel) or SOMEBODY
        self._place = Place(
            message.facts["team"], channel, user, ts, str(body.get("thread_ts") or ts)
        )

    def button(self, word: str) -> dict[str, Any] | None:
        """The one of that label, id or answer; buttons that only open a page are none of ours."""
        word = word.casefold()
        for block in self._message.content.body.get("blocks") or []:
            for element in block.get("elements", []) if block.get("type") == "actions" else []:
                if "url" not in element and word in _names(element):
                    return {**element, "block_id": block.get("block_id", "")}
        return None

    async def press(self, button: dict[str, Any], typed: str | None = None) -> Answer:
        """``typed`` goes into the form that the press opens."""
        trigger, response_url = self._slack.views.trigger(), self._response_url()
        payload = payloads.pressed(
            self._place, self._message.content.body, button, trigger, response_url
        )
        answer = await self._caller.interaction(self._secret, payload)
        done = {"pressed": button["text"]["text"], **answer}
        if typed is None:
            return done
        view = self._slack.views.opened.get(trigger)
        if view is None:
            raise CannotAnswer("The button opened no form to type into.")
        submission = payloads.submitted(self._place, filled(view, typed))
        return {**done, "form": view, **await self._caller.interaction(self._secret, submission)}

    async def reply(self, text: str) -> Answer:
        """In the thread; what begins with a slash is a command in the same conversation."""
        if text.startswith("/"):
            form = payloads.command(
                self._place, text, self._slack.views.trigger(), self._response_url()
            )
            return await self._caller.command(self._secret, form)
        ts = self._slack.next_ts()
        body = payloads.said(self._place, text, ts)
        self._slack.keep_reply(replace(self._place, ts=ts), text)
        return {"sent": body, **await self._caller.event(self._secret, body)}

    @property
    def _caller(self) -> Caller:
        url = self._slack.dispatcher_url
        if not url:
            raise CannotAnswer("The sandbox was not told where the dispatcher listens.")
        return Caller(url)

    @property
    def _secret(self) -> str:
        return self._slack.secret_of(self._place.team)

    def _response_url(self) -> str:
        return f"{self._slack.url}/slack/response/{secrets.token_urlsafe(12)}"


def _names(element: dict[str, Any]) -> set[str]:
    action = str(element.get("action_id", "")).casefold()
    return {str(element["text"]["text"]).casefold(), action, action.rpartition("_")[2]}
