"""What must hold of the registry itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tocsin_contracts.envelope import EventData
from tocsin_contracts.events import RevisionCompleted
from tocsin_contracts.registry import Topic

TYPE_NAME = re.compile(r"tocsin\.[a-z]+\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*")

MARKS_EACH_TOPIC: frozenset[type[EventData]] = frozenset({RevisionCompleted})
"""Says "all of it is here" of the topic it lies on, and so lies on several."""

MAX_CONSUMER_REPLICAS = 6
"""How many replicas of one service may share a topic: half its partitions, so that each has at
least two and losing a member moves little."""


def problems(topics: Sequence[Topic], services: Sequence[str]) -> list[str]:
    """Each broken rule as one sentence; empty when the registry is sound."""
    return [
        *_names(topics),
        *_one_topic_each(topics),
        *_one_class_each(topics),
        *_people(topics, services),
        *_partitions(topics),
    ]


def _names(topics: Sequence[Topic]) -> Iterator[str]:
    for topic in topics:
        for data in topic.types:
            if not TYPE_NAME.fullmatch(data.event_type):
                yield (
                    f"{data.__name__}: {data.event_type!r} is not a versioned type name "
                    "such as tocsin.incident.opened.v1"
                )


def _one_topic_each(topics: Sequence[Topic]) -> Iterator[str]:
    seen: dict[type[EventData], str] = {}
    for topic in topics:
        for data in topic.types:
            if data in seen and data not in MARKS_EACH_TOPIC:
                yield f"{data.event_type} lies on two topics: {seen[data]} and {topic.name}"
            seen[data] = topic.name
    for data in _leaves(EventData):
        if data.event_type and data not in seen:
            yield f"{data.event_type} lies on no topic"


def _leaves(parent: type[EventData]) -> Iterator[type[EventData]]:
    for child in parent.__subclasses__():
        yield from _leaves(child)
        if child.__module__.startswith("tocsin_contracts.events.") and hasattr(child, "event_type"):
            yield child


def _one_class_each(topics: Sequence[Topic]) -> Iterator[str]:
    owner: dict[str, type[EventData]] = {}
    for topic in topics:
        for data in topic.types:
            other = owner.setdefault(data.event_type, data)
            if other is not data:
                yield f"{data.event_type} names both {other.__name__} and {data.__name__}"


def _people(topics: Sequence[Topic], services: Sequence[str]) -> Iterator[str]:
    for topic in topics:
        for service in (topic.owner, *topic.consumers):
            if service not in services:
                yield f"{topic.name}: there is no service {service!r}"
        if not topic.consumers:
            yield f"{topic.name}: nobody reads it"


def _partitions(topics: Sequence[Topic]) -> Iterator[str]:
    """A topic of one partition is ordered as a whole and read by one member: that is its point."""
    for topic in topics:
        if 1 < topic.partitions < 2 * MAX_CONSUMER_REPLICAS:
            yield (
                f"{topic.name}: {topic.partitions} partitions are fewer than twice the "
                f"{MAX_CONSUMER_REPLICAS} replicas that may read it"
            )
