"""Notice and reader in, message out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog
from tocsin_contracts.words import Channel

from dispatcher.channels.message import RenderedMessage, Thread
from dispatcher.rendering import templates
from dispatcher.rendering.draft import Draft, draft, last_resort, parts_of, variables_of
from dispatcher.rendering.marks import Shape, stamp_of
from dispatcher.rendering.metrics import count_failure
from dispatcher.rendering.notice import Notice, Reader, Wording
from dispatcher.rendering.reading import Reading, reading_for
from dispatcher.rendering.rich import Rich, rich

log = structlog.get_logger(__name__)

TemplateFailed = Callable[[str], None]
"""Counts a template that failed, by ``operators`` or ``own``."""

Key = tuple[str, str, str, Channel, Shape]


class Renderer:
    """Renders each (notice, language, timezone, channel) once and stamps each reader into it."""

    def __init__(self, on_failure: TemplateFailed = count_failure, *, keep: int = 512) -> None:
        self._on_failure = on_failure
        self._keep = keep
        self._drafts: OrderedDict[Key, Draft] = OrderedDict()

    def render(
        self, notice: Notice, reader: Reader, channel: Channel, thread: Thread
    ) -> RenderedMessage:
        """Never raises for what an operator or a tool wrote: a template that fails is replaced by
        the default text, and counted."""
        reading = reading_for(notice, reader.locale, reader.timezone)
        stamp = stamp_of(reader, reading.language)
        return self._draft(notice, reading, channel, stamp.shape).stamped(stamp, thread)

    def _draft(self, notice: Notice, reading: Reading, channel: Channel, shape: Shape) -> Draft:
        key = (notice.id, reading.language.tag, reading.times.zone.key, channel, shape)
        known = self._drafts.get(key)
        if known is None:
            known = self._drafts[key] = self._made(notice, reading, channel, shape)
            while len(self._drafts) > self._keep:
                self._drafts.popitem(last=False)
        self._drafts.move_to_end(key)
        return known

    def _made(self, notice: Notice, reading: Reading, channel: Channel, shape: Shape) -> Draft:
        try:
            variables = variables_of(notice, reading, shape)
            own = self._operators_body(notice, reading, channel, variables)
            parts = parts_of(notice, reading, variables, own)
            return draft(parts, notice, reading, channel)
        except Exception as error:
            self._failed("own", notice, channel, error)
            return last_resort(notice, channel)

    def _operators_body(
        self, notice: Notice, reading: Reading, channel: Channel, variables: templates.Variables
    ) -> Rich | None:
        wording = best_wording(notice.wording, channel, reading.language.tag)
        if wording is None:
            return None
        try:
            return rich(templates.operators(wording.text, variables))
        except Exception as error:  # an expression of theirs may raise anything
            self._failed("operators", notice, channel, error)
            return None

    def _failed(self, whose: str, notice: Notice, channel: Channel, error: Exception) -> None:
        self._on_failure(whose)
        log.error(
            "template_failed",
            whose=whose,
            kind=notice.kind.value,
            channel=channel.value,
            incident=notice.incident.ref,
            error=f"{type(error).__name__}: {error}",
        )


def best_wording(wordings: tuple[Wording, ...], channel: Channel, language: str) -> Wording | None:
    """The most particular one that fits: channel and language, either of them, neither."""
    if channel is Channel.WEBHOOK:
        return None
    fitting = [
        wording
        for wording in wordings
        if wording.channel in (None, channel)
        and (wording.locale is None or wording.locale.partition("-")[0].lower() == language)
    ]
    return max(fitting, key=lambda w: (w.channel is not None, w.locale is not None), default=None)
