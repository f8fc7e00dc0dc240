"""The notices of messages being sent, kept so that a message to many is read once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from tocsin_runtime.database import Connection

from dispatcher.delivery import store
from dispatcher.rendering.notice import Notice

KEPT = 1_000


class Notices:
    def __init__(self) -> None:
        self._kept: OrderedDict[str, Notice] = OrderedDict()

    def remember(self, notices: Iterable[Notice]) -> None:
        """What was just planned here need not be read back."""
        for notice in notices:
            self._kept[notice.id] = notice
            self._kept.move_to_end(notice.id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    async def of(self, conn: Connection, message_ids: Sequence[str]) -> dict[str, Notice]:
        """By message id; frozen, so shared."""
        wanted = dict.fromkeys(message_ids)
        missing = [message for message in wanted if message not in self._kept]
        found: dict[str, Notice] = {}
        if missing:
            found = await store.notices(conn, missing)
            self.remember(found.values())
        return {
            message: found.get(message) or self._kept[message]
            for message in wanted
            if message in found or message in self._kept
        }
