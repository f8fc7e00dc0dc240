"""What the dispatcher says of destinations and providers, and a reader's wish for less."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ChannelStateChanged, SuppressionChanged, Unsubscribed
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.channels import store
from incident_api.channels.model import ProviderState, Suppression
from incident_api.channels.preferring import less_for
from incident_api.directory.apply import DirectoryWriter
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines


class ChannelsHeard:
    """The consumer's handler; the last of its batch to read the directory, since it may write it.

    ``writer`` ``None``: what readers wish for is left as it is (building state from the log).
    """

    def __init__(self, writer: DirectoryWriter | None) -> None:
        self._writer = writer

    async def __call__(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        for event in events:
            if isinstance(event.data, SuppressionChanged):
                await store.note(conn, suppression_of(event.data))
            elif isinstance(event.data, ChannelStateChanged):
                await store.note_state(conn, _state(event.data))
        wishes = [event.data for event in events if isinstance(event.data, Unsubscribed)]
        if wishes and self._writer is not None:
            await self.unsubscribed(conn, self._writer, wishes)

    async def unsubscribed(
        self, conn: Connection, writer: DirectoryWriter, wishes: Sequence[Unsubscribed]
    ) -> None:
        """All of a batch in one change of the directory."""
        readers = {(wish.client_key, wish.person) for wish in wishes}
        who = {f"contact:{wish.client_key}/{wish.person}" for wish in wishes}
        actor = who.pop() if len(who) == 1 else f"contacts:{len(who)}"
        await writer.apply(
            conn, less_for(readers), actor=f"{actor} (unsubscribed)", readers=readers
        )
        await add_lines(conn, [_line(wish) for wish in wishes if wish.incident_id is not None])


def suppression_of(data: SuppressionChanged) -> Suppression:
    return Suppression(
        id=data.suppression_id,
        channel=data.channel,
        cause=data.cause,
        detail=data.detail,
        people=tuple(one.model_dump(mode="json") for one in data.people),
        since=data.since,
        expires_at=data.expires_at,
        lifted_at=data.lifted_at,
        lifted_by=data.lifted_by,
    )


def _state(data: ChannelStateChanged) -> ProviderState:
    return ProviderState(
        channel=data.channel,
        provider=data.provider,
        state=data.state,
        reason=data.reason,
        paused_by=data.paused_by,
        at=data.at,
    )


def _line(wish: Unsubscribed) -> Line:
    return Line(
        id=uuid7(),
        incident_id=wish.incident_id or "",
        sequence=0,
        at=wish.at,
        type="unsubscribed",
        actor=f"contact:{wish.person}",
        text=f"A reader at {wish.client_key} wishes to hear of critical and major outages only"
        f" (said by {wish.channel}).",
        data={"client_keys": [wish.client_key], "person": wish.person, "channel": wish.channel},
    )
