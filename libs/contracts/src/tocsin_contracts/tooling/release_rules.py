"""May these contracts follow the last release? One answer out of schemas, examples and topics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tocsin_contracts.envelope import MalformedEvent, UnknownEventType, decode
from tocsin_contracts.registry import KNOWN_TYPES
from tocsin_contracts.tooling.compatibility import Difference, Schema, compare
from tocsin_contracts.tooling.released import Release


def differences(
    release: Release, schemas: Mapping[str, Schema], channels: Mapping[str, Any]
) -> list[Difference]:
    """Everything between the release and now that is not plainly compatible."""
    return [
        *_types(release.schemas, schemas),
        *_examples(release.examples),
        *_topics(release.channels, channels),
    ]


def _types(old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[Difference]:
    for name, schema in sorted(old.items()):
        if name not in new:
            yield Difference("breaking", name, "removed while its events are still in the log")
            continue
        for found in compare(schema, new[name]):
            yield Difference(found.weight, found.place.replace("event", name, 1), found.what)


def _examples(old: Mapping[str, str]) -> Iterator[Difference]:
    """The proof beside the theory: what was published is read by today's code."""
    for name, text in sorted(old.items()):
        try:
            decode(text.encode(), KNOWN_TYPES)
        except MalformedEvent as error:
            yield Difference("breaking", name, f"its released example no longer parses, {error}")
        except UnknownEventType:
            yield Difference("breaking", name, "its released example is of an unknown type")


def _topics(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name, channel in sorted(old.items()):
        if name not in new:
            yield Difference("breaking", name, "topic removed")
            continue
        was, now = _partitions(channel), _partitions(new[name])
        if was != now:
            what = f"{was} partitions became {now}, which sends one incident to two partitions"
            yield Difference("breaking", name, what)
        for moved in sorted(set(channel["messages"]) - set(new[name]["messages"])):
            yield Difference("breaking", name, f"no longer carries {moved}")


def _partitions(channel: Mapping[str, Any]) -> int:
    return int(channel["bindings"]["kafka"]["partitions"])
