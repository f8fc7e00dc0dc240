"""One message through the Apprise library, blocking; for a thread.

Its log lines hold addresses and keys, so none leaves this file: what an outcome needs is read from
them, and they are forgotten.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from apprise import Apprise, AppriseAsset
from apprise.plugins.base import NotifyBase

from dispatcher.channels.apprise_guard import watching
from dispatcher.channels.apprise_outcomes import Called

ASSET = AppriseAsset(
    app_id="Tocsin",
    app_desc="Tocsin",
    app_url="",
    async_mode=False,
    http_redirects=False,
    default_service_retry=0,
    # Our own deadline is the caller's; the library's would leave the call to another thread.
    service_timeout=0.0,
    storage_mode="memory",
)


def keep_silent() -> None:
    """Nothing of the library, nor of what it sends with, reaches our log."""
    library = logging.getLogger("apprise")
    library.propagate = False
    library.setLevel(logging.WARNING)
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def plugin_of(url: str, *, patience: float) -> NotifyBase | None:
    """The service that ``url`` names; ``None`` if the library makes nothing of it.

    What a URL could switch off (checking certificates) or on (redirects, repeats) stays ours.
    """
    plugin = Apprise.instantiate(url, asset=ASSET, suppress_exceptions=True)
    if not isinstance(plugin, NotifyBase):
        return None
    plugin.verify_certificate = True
    plugin.redirects = False
    plugin.retry = 0
    plugin.socket_connect_timeout = min(patience, 8.0)
    plugin.socket_read_timeout = patience
    return plugin


def call(plugin: NotifyBase, *, title: str, body: str, check: Callable[[str], None]) -> Called:
    """Raises :class:`EgressRefused`, which the library itself would hide."""
    service = Apprise(asset=ASSET)
    service.add(plugin)
    with watching(check) as watched:
        result = service.notify(body=body, title=title)
    if watched.refused is not None:
        raise watched.refused
    return Called(
        yes=bool(result),
        log=tuple(entry.message for one in result.results for entry in one.logs()),
        dialled=watched.dialled,
        sent=watched.sent,
        private=watched.private,
    )
