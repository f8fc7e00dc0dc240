"""Short links as the settings want them."""

from __future__ import annotations

from starlette.routing import Route
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.callbacks.short_links import ShortLinks
from dispatcher.channels.mail_addresses import key_from
from dispatcher.links.short import Shortener
from dispatcher.links.tokens import LinkMaker
from dispatcher.settings import Settings, public_base


def shortener(settings: Settings) -> Shortener | None:
    """Codes have a key of their own, derived from the one that signs what they lead to."""
    key = settings.link_signing_key
    if key is None:
        return None
    base = (settings.short_link_url or public_base(settings)).rstrip("/")
    return Shortener(base, key_from(key.get_secret_value(), "short links"))


def short_routes(database: Database, clock: Clock, links: LinkMaker | None) -> list[Route]:
    return ShortLinks(database, clock, links).routes()
