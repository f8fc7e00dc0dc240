"""Notice and reader in, message out."""

from __future__ import annotations

from tocsin_contracts.words import Channel

from dispatcher.channels.message import RenderedMessage, Thread
from dispatcher.rendering.notice import Notice, Reader


class Renderer:
    """Renders each (notice, locale, timezone, channel) once and stamps each reader into it."""

    def render(
        self, notice: Notice, reader: Reader, channel: Channel, thread: Thread
    ) -> RenderedMessage:
        """Never raises for what an operator or a tool wrote: a template that fails is replaced by
        the default text, and counted."""
        raise NotImplementedError
