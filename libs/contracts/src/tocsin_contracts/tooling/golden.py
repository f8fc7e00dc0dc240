"""Golden examples: one real-looking event of each type, in the form that it has on the wire.

They are written by hand, from one outage, and kept: what was once published must stay readable.
``generate`` only rewrites them as the models encode them today (a new optional field appears).
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from tocsin_contracts.envelope import MalformedEvent, UnknownEventType, decode, encode
from tocsin_contracts.registry import KNOWN_TYPES


def problems(examples: Mapping[str, str]) -> list[str]:
    """Each broken rule as one sentence. ``examples``: text by type name."""
    found = [
        f"{name}: no golden example; write golden/{name}.json"
        for name in KNOWN_TYPES
        if name not in examples
    ]
    for name, text in sorted(examples.items()):
        found.extend(_problems_of(name, text))
    return found


def rewritten(text: str) -> str:
    """The example as today's models encode it. Raises what :func:`decode` raises."""
    event = decode(text.encode(), KNOWN_TYPES)
    return json.dumps(json.loads(encode(event)), indent=2, ensure_ascii=False) + "\n"


def _problems_of(name: str, text: str) -> list[str]:
    try:
        canonical = rewritten(text)
    except UnknownEventType:
        return [f"{name}: the golden example is of a type that no topic carries"]
    except MalformedEvent as error:
        return [f"{name}: the golden example no longer parses, {error}"]
    if json.loads(text)["type"] != name:
        return [f"{name}: the golden example is of type {json.loads(text)['type']}"]
    if canonical != text:
        return [f"{name}: the golden example encodes differently; run generate and read the diff"]
    return []
