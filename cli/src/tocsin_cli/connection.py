"""Where the API is and with which key: from the environment, or flags."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click

from tocsin_cli.api import Refused


class Connection(NamedTuple):
    url: str
    key: str


def connects(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives ``command`` its ``connection``."""

    @click.option("--url", envvar="TOCSIN_URL", help="Of the incident API (or TOCSIN_URL).")
    @click.option("--key", envvar="TOCSIN_KEY", help="One that may read (better: TOCSIN_KEY).")
    @wraps(command)
    def connected(*args: Any, url: str | None, key: str | None, **rest: Any) -> Any:
        if not url:
            raise Refused("Where is the incident API? Set TOCSIN_URL or give --url.")
        if not key:
            raise Refused("With which key? Set TOCSIN_KEY or give --key; it must be able to read.")
        return command(*args, connection=Connection(url, key), **rest)

    return connected
