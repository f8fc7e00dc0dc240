"""A webhook's body, within what Standard Webhooks 1.0 advises: "smaller than 20kb".

Facts stay; words are cut, and of a digest the last incidents. ``"truncated": true`` says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MOST_BYTES = 20_000
SHORT, SHORTEST = 2_000, 200
MOST_INCIDENTS = 20
CORE = ("kind", "subject", "language", "client", "next_update_due", "links")

Document = dict[str, Any]


def body_of(document: Document) -> str:
    """JSON of at most :data:`MOST_BYTES`."""
    for shorter in _ever_shorter(document):
        body = json.dumps(shorter, ensure_ascii=False, separators=(",", ":"))
        if len(body.encode()) <= MOST_BYTES:
            return body
    return body


def _ever_shorter(document: Document) -> Iterator[Document]:
    yield document
    data = document.get("data")
    if not isinstance(data, dict):
        return
    for longest in (SHORT, SHORTEST):
        data = _with_short_words(data, longest)
        yield {**document, "data": {**data, "truncated": True}}
    incidents = data.get("incidents")
    if isinstance(incidents, list):
        fewer = {**data, "incidents": incidents[:MOST_INCIDENTS], "truncated": True}
        yield {**document, "data": fewer}
    core = {name: data[name] for name in CORE if name in data}
    yield {**document, "data": {**_with_short_words(core, SHORTEST), "truncated": True}}


def _with_short_words(value: Any, longest: int) -> Any:
    """Every text within it cut, but for links, of which a part leads nowhere."""
    if isinstance(value, str):
        return value if len(value) <= longest else f"{value[: longest - 1].rstrip()}…"
    if isinstance(value, list):
        return [_with_short_words(item, longest) for item in value]
    if isinstance(value, dict):
        return {
            name: item if name == "links" else _with_short_words(item, longest)
            for name, item in value.items()
        }
    return value
