"""``/outage``: what is open of all that this conversation was told, for whoever asks alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.callbacks import slack_store
from dispatcher.channels.message import ChatMessage
from dispatcher.channels.slack_blocks import brief, fitting
from dispatcher.channels.slack_words import SlackWords, words_for
from dispatcher.delivery.composing import Composer
from dispatcher.delivery.looking import look_at
from dispatcher.directory.addresses import SealBroken


class Outages:
    def __init__(self, database: Database, composer: Composer, clock: Clock) -> None:
        self._database = database
        self._composer = composer
        self._clock = clock

    async def told_in(self, channel: str) -> dict[str, Any]:
        """The answer to the command: text and blocks, ephemeral."""
        async with self._database.connection() as conn:
            asking = await slack_store.last_told(conn, channel)
            ids = await slack_store.open_outages(conn, channel)
        said = [chat for one in ids if (chat := await self._said(one)) is not None]
        return answer(said, words_for(asking.locale if asking else None))

    async def _said(self, delivery_id: str) -> ChatMessage | None:
        """What the message said, in the words and times of its reader; nothing of one who is not
        reached there any more."""
        async with self._database.connection() as conn:
            looked = await look_at(conn, delivery_id)
        if looked is None:
            return None
        row, notice = looked
        try:
            to = self._composer.destination(row)
        except SealBroken:
            return None
        if isinstance(to, str):
            return None
        return self._composer.compose(row, notice, to, self._clock.now()).message.chat


def answer(said: Sequence[ChatMessage], words: SlackWords) -> dict[str, Any]:
    """Newest first."""
    if not said:
        return {"response_type": "ephemeral", "text": words.none_open}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": f"*{words.told_here}*"}}]
    text = "\n".join([words.told_here, *(f"• {fitting(chat.header, 200)}" for chat in said)])
    return {
        "response_type": "ephemeral",
        "text": text,
        "blocks": [*blocks, *(brief(chat) for chat in said)],
    }
