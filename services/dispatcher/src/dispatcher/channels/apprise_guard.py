"""What a library does on the network that takes no session, watched and held back in its thread.

Python tells audit hooks of every connection before it is made, with the address that will be
dialled, whatever name or redirect led there (PEP 578; ``socket.connect`` and ``http.client.send``
in the standard library's audit event table). A hook that raises stops it. Hooks cannot be taken
away again, so there is one, and it does nothing in threads that are not watched.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tocsin_runtime.egress import Egress, EgressRefused, PrivateAddress, is_public


@dataclass
class Watched:
    """One call. ``check`` raises for an address that must not be dialled."""

    check: Callable[[str], None]
    dialled: bool = False
    sent: bool = False
    private: bool = False
    refused: EgressRefused | None = None

    def dial(self, host: str) -> None:
        try:
            self.check(host)
        except PrivateAddress:
            self.private = True
            raise
        except EgressRefused as error:
            self.refused = error
            raise
        self.dialled = True


_watched: ContextVar[Watched | None] = ContextVar("watched", default=None)
_installed = False


@contextlib.contextmanager
def watching(check: Callable[[str], None]) -> Iterator[Watched]:
    _install()
    watched = Watched(check)
    token = _watched.set(watched)
    try:
        yield watched
    finally:
        _watched.reset(token)


def checking(egress: Egress, *, allow_private: bool) -> Callable[[str], None]:
    """``check`` for an address about to be dialled."""

    def check(host: str) -> None:
        if not allow_private and not is_public(host):
            raise PrivateAddress("the address is on a private network")
        egress.check_dial(host)

    return check


def _install() -> None:
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "http.client.send"):
        return
    watched = _watched.get()
    if watched is None:
        return
    if event == "http.client.send":
        watched.sent = True
    elif isinstance(arguments[1], tuple):
        watched.dial(str(arguments[1][0]))
    else:
        # A path of this machine: a bus or a daemon.
        watched.dial("127.0.0.1")
