"""A notice as a text message, in a few ways: the same with ever shorter names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tocsin_contracts.words import Kind

from dispatcher.rendering.frame import Parts
from dispatcher.rendering.gsm7 import transliterated
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import at_words
from dispatcher.rendering.sms import Sms, pieces

ROOM = (40, 24, 14)
"""For a name, once everything that can be left out is."""
NO_LINK = frozenset({Kind.ESCALATION_TAKEN, Kind.AUTO_ANSWER, Kind.TEST})
PEOPLE_S_OWN = frozenset({Kind.ANSWERED})
"""Somebody's words, unchanged: two segments of them, and a link to the rest."""

Remade = Callable[[Notice, Reading], Parts]


class Ways:
    """The ways to say one notice, from the longest names to the shortest; each made when it is
    first looked at, since most readers have room for the first."""

    def __init__(self, made: Iterator[Sms]) -> None:
        self._made = made
        self._kept: list[Sms] = []

    def __iter__(self) -> Iterator[Sms]:
        yield from self._kept
        for way in self._made:
            self._kept.append(way)
            yield way


def ways(parts: Parts, notice: Notice, reading: Reading, remade: Remade) -> Ways:
    """``remade`` gives the parts of the same notice with other names."""
    return Ways(_ways(parts, notice, reading, remade))


def _ways(parts: Parts, notice: Notice, reading: Reading, remade: Remade) -> Iterator[Sms]:
    yield _way(parts, notice, reading)
    for room in ROOM:
        narrow = replace(reading, name_room=room)
        yield _way(remade(shorter_names(notice, room), narrow), notice, narrow)


def _way(parts: Parts, notice: Notice, reading: Reading) -> Sms:
    said = list(pieces([_prefix(parts, notice, reading), *_paragraphs(parts)]))
    own_words = notice.kind in PEOPLE_S_OWN
    number = parts.line("sms_number")
    return Sms(
        pieces=tuple(said),
        link=None if notice.kind in NO_LINK else parts.main_link(),
        number=transliterated(number) if number and notice.kind not in NO_LINK else None,
        segments=2 if own_words else 1,
        link_if_cut=own_words,
    )


def _prefix(parts: Parts, notice: Notice, reading: Reading) -> str:
    """Who writes, since numbers are not recognised."""
    prefix = " ".join(parts.own_or_frame("sms_prefix"))
    if notice.drill:
        return reading.language.word("subjects", "drill").format(subject=prefix)
    return prefix


def _paragraphs(parts: Parts) -> list[str]:
    """The kind's own; a kind without any says its fact and the next word."""
    own = parts.of_kind("sms")
    if own:
        return [*parts.of_frame("sms_late"), *own]
    fact = parts.fact().rstrip(".")
    return [f"{fact}.", parts.line("next_short")] if fact else []


def shorter_names(notice: Notice, room: int) -> Notice:
    """Of the provider and the client; those in lists are shortened by the reading."""
    changed: dict[str, object] = {
        "provider": notice.provider.model_copy(
            update={"name": at_words(notice.provider.name, room)}
        )
    }
    if notice.client is not None:
        names = {"name": notice.client.name, "called": notice.client.called}
        shorter = {key: at_words(name, room) for key, name in names.items() if name}
        changed["client"] = notice.client.model_copy(update=shorter)
    for name, held in (("approval", notice.approval), ("question", notice.question)):
        if held is not None and held.client:
            changed[name] = held.model_copy(update={"client": at_words(held.client, room)})
    return notice.model_copy(update=changed)
