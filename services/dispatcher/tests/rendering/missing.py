"""Notices with something left out: each optional value by itself, and all of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from dispatcher.rendering.notice import Notice
from pydantic import ValidationError

Path = tuple[str | int, ...]


def each_left_out(notice: Notice) -> Iterator[tuple[str, Notice]]:
    """Every value that a notice of this kind may lack, left out by itself."""
    whole = notice.model_dump(mode="json")
    for path in _paths(whole):
        without = _without(whole, path)
        if without is not None:
            yield ".".join(map(str, path)), without


def all_left_out(notice: Notice) -> Notice:
    """Nothing is left that can be spared."""
    left = notice
    for path in _paths(notice.model_dump(mode="json")):
        left = _without(left.model_dump(mode="json"), path) or left
    return left


def _paths(node: Any, path: Path = ()) -> Iterator[Path]:
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in children:
        if value not in (None, [], {}, False, 0):
            yield (*path, key)
            yield from _paths(value, (*path, key))


def _value(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step]
    return node


def _without(whole: Any, path: Path) -> Notice | None:
    """``None`` where the value is required."""
    document = copy.deepcopy(whole)
    try:
        del _value(document, path[:-1])[path[-1]]
        return Notice.model_validate(document)
    except (ValidationError, KeyError, IndexError, TypeError):
        return None
