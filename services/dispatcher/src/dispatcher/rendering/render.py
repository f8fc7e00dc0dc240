"""Notice and reader in, message out."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog
from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Channel

from dispatcher.channels.message import RenderedMessage, Thread
from dispatcher.rendering.draft import Draft, draft, last_resort, parts_of, variables_of
from dispatcher.rendering.marks import Shape, stamp_of
from dispatcher.rendering.metrics import count_failure, count_own_failure
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.own_words import OwnWords, chosen
from dispatcher.rendering.reading import Reading, reading_for
from dispatcher.rendering.templates import Variables

log = structlog.get_logger(__name__)

Key = tuple[str, str, tuple[str | None, ...], str, Channel, Shape]

SHARED = 64
"""Messages whose variables are kept for their other channels; they are many objects each."""


class Renderer:
    """Renders each (notice, language, timezone, channel) once and stamps each reader into it."""

    def __init__(
        self,
        on_failure: Callable[[], None] = count_failure,
        *,
        on_own_failure: Callable[[], None] = count_own_failure,
        keep: int = 512,
    ) -> None:
        self._on_failure = on_failure
        self._on_own_failure = on_own_failure
        self._keep = keep
        self._drafts: OrderedDict[Key, Draft] = OrderedDict()
        self._variables: OrderedDict[tuple[str, str, str, Shape], Variables] = OrderedDict()

    def render(
        self, notice: Notice, reader: Reader, channel: Channel, thread: Thread
    ) -> RenderedMessage:
        """Never raises for what an operator or a tool wrote: a template that fails is replaced by
        the plainest text, and counted."""
        reading = reading_for(notice, reader.locale, reader.timezone)
        stamp = stamp_of(reader, reading.language, notice.kind, channel)
        return self._draft(notice, reading, channel, stamp.shape).stamped(stamp, thread)

    def _draft(self, notice: Notice, reading: Reading, channel: Channel, shape: Shape) -> Draft:
        own = reading.wishes if notice.own_words else ()
        key = (notice.id, reading.language.tag, own, reading.times.zone.key, channel, shape)
        known = self._drafts.get(key)
        if known is None:
            known = self._drafts[key] = self._made(notice, reading, channel, shape)
            while len(self._drafts) > self._keep:
                self._drafts.popitem(last=False)
        self._drafts.move_to_end(key)
        return known

    def _made(self, notice: Notice, reading: Reading, channel: Channel, shape: Shape) -> Draft:
        try:
            variables = self._shared(notice, reading, shape)
            own = self._own(notice, reading, channel)
            return draft(parts_of(notice, reading, variables, own), notice, reading, channel)
        except Exception as error:
            self._failed(notice, channel, error)
            return last_resort(notice, channel)

    def _shared(self, notice: Notice, reading: Reading, shape: Shape) -> Variables:
        """Every channel says the same, so it is put together once."""
        key = (notice.id, reading.language.tag, reading.times.zone.key, shape)
        known = self._variables.get(key)
        if known is None:
            known = self._variables[key] = variables_of(notice, reading, shape)
            if len(self._variables) > SHARED:
                self._variables.popitem(last=False)
        return known

    def _own(self, notice: Notice, reading: Reading, channel: Channel) -> OwnWords:
        """The client's own words; one that fails is replaced by ours, and counted."""

        def failed(variant: TemplateVariant, error: Exception) -> None:
            self._on_own_failure()
            log.warning(
                "own_template_failed",
                client=notice.client.key if notice.client else None,
                kind=notice.kind.value,
                channel=variant.channel,
                locale=variant.locale,
                block=variant.block,
                error=f"{type(error).__name__}: {error}",
            )

        variants = notice.own_words.get(notice.kind, ())
        return chosen(variants, channel, *reading.wishes, failed=failed)

    def _failed(self, notice: Notice, channel: Channel, error: Exception) -> None:
        self._on_failure()
        log.error(
            "template_failed",
            kind=notice.kind.value,
            channel=channel.value,
            incident=notice.ref,
            error=f"{type(error).__name__}: {error}",
        )
