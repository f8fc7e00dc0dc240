"""A body, JSON or YAML, as plain values; whatever is ambiguous in it is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import yaml

DEEPEST = 50


class Unreadable(ValueError):
    """The body is no document; the message is a sentence that says where and why."""


def read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable("It is nested too deeply.") from None
    except UnicodeDecodeError:
        raise Unreadable("It is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"{error.msg} in line {error.lineno}, column {error.colno}.") from None
    except ValueError:
        raise Unreadable("It holds a number that is too long.") from None


def _no_repeats(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(f"The field '{name}' is there twice; only one can be meant.")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is no JSON number.")


def read_yaml(raw: bytes) -> Any:
    """YAML with the scalars of its 1.2 core schema, so that ``no`` and ``08:00`` stay text.

    Built from the event stream, since PyYAML's own composer recurses without bound and ends the
    process on a deeply nested body. Anchors are refused: a few lines of them can mean gigabytes.
    """
    try:
        return _Builder().build(yaml.parse(raw.decode("utf-8-sig"), Loader=yaml.CSafeLoader))
    except UnicodeDecodeError:
        raise Unreadable("It is not UTF-8.") from None
    except yaml.YAMLError as error:
        raise Unreadable(" ".join(str(error).split()) + ".") from None


class _Builder:
    """Collects values bottom-up; ``_open`` holds the lists begun and not ended, outermost first.

    A mapping is collected as the flat list of its keys and values.
    """

    def __init__(self) -> None:
        self._open: list[list[Any]] = [[]]

    def build(self, events: Iterable[yaml.Event]) -> Any:
        for event in events:
            self._take(event)
        documents = self._open[0]
        if len(documents) != 1:
            raise Unreadable("It must hold exactly one document.")
        return documents[0]

    def _take(self, event: yaml.Event) -> None:
        _refuse_anchors(event)
        if isinstance(event, yaml.ScalarEvent):
            self._open[-1].append(_scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) > DEEPEST:
                raise Unreadable(f"It is nested too deeply{_place(event)}.")
            self._open.append([])
        elif isinstance(event, yaml.SequenceEndEvent):
            done = self._open.pop()
            self._open[-1].append(done)
        elif isinstance(event, yaml.MappingEndEvent):
            done = self._open.pop()
            self._open[-1].append(_mapping(done, event))


def _refuse_anchors(event: yaml.Event) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise Unreadable(f"Anchors and aliases are not accepted{_place(event)}; write it out.")


def _mapping(flat: list[Any], event: yaml.Event) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in zip(flat[::2], flat[1::2], strict=True):
        if not isinstance(name, str):
            raise Unreadable(f"A field's name must be text{_place(event)}; put it in quotes.")
        if name in found:
            raise Unreadable(f"The field '{name}' is there twice{_place(event)}.")
        found[name] = value
    return found


_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}


def _scalar(event: yaml.ScalarEvent) -> Any:
    """Quoted text stays text; ``+49…`` and ``007`` are no numbers."""
    text = str(event.value)
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 20 and _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("-").isdigit() else float(text)
    return text


def _place(event: yaml.Event) -> str:
    mark = event.start_mark
    return "" if mark is None else f" (line {mark.line + 1})"
