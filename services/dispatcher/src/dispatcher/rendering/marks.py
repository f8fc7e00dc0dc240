"""Places in a shared rendering where each reader's own name, why-line and links go.

A mark is unguessable, so nothing that people write can pose as one. Readers that lack the same
values share a rendering; so a line whose value is missing is never there to be taken out again.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import escape
from typing import Any

from tocsin_contracts.policies import ON_DUTY
from tocsin_contracts.words import Channel, Kind

from dispatcher.rendering.language import Language, joined
from dispatcher.rendering.notice import Reader
from dispatcher.rendering.rich import one_line, shortened

PLACES = (
    "name",
    "roles",
    "why",
    "status_link",
    "preferences_link",
    "take_link",
    "console_link",
    "approve_link",
    "review_link",
    "feedback_link",
    "destination_link",
    "short_link",
    "called_as",
)
_LINKS = tuple(place for place in PLACES if place.endswith("_link"))
_ONLY_IN: dict[str, Kind | Channel] = {
    "review_link": Kind.REVIEW,
    "feedback_link": Kind.FEEDBACK_REQUEST,
    "destination_link": Kind.CONFIRM_DESTINATION,
    "short_link": Channel.SMS,
}
_SECRET = secrets.token_hex(8)
_MARKS = {place: f"m{_SECRET}x{index:02}m" for index, place in enumerate(PLACES)}

Shape = frozenset[str]
"""The places that a reader has values for."""


@dataclass(frozen=True)
class Stamp:
    """One reader's values, by place."""

    values: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> Shape:
        return frozenset(place for place, _ in self.values)

    def on_text(self, text: str) -> str:
        for place, value in self.values:
            text = text.replace(_MARKS[place], value)
        return text

    def on_html(self, html: str) -> str:
        for place, value in self.values:
            html = html.replace(_MARKS[place], escape(value))
        return html

    def on_document(self, part: Any) -> Any:
        """A JSON document, every string in it."""
        if isinstance(part, str):
            return self.on_text(part)
        if isinstance(part, dict):
            return {key: self.on_document(value) for key, value in part.items()}
        if isinstance(part, list):
            return [self.on_document(value) for value in part]
        return part


def stamp_of(reader: Reader, language: Language, kind: Kind, channel: Channel) -> Stamp:
    """Without what this message has no place for: readers with it and without read alike."""
    values = {
        "name": _cut(reader.name, 120),
        "roles": _roles(reader, language),
        "why": _cut(reader.why, 300),
        "called_as": _called_as(reader, language) if kind is Kind.ESCALATION else None,
        **{place: one_line(getattr(reader, place)) for place in _LINKS},
    }
    unused = {place for place, only in _ONLY_IN.items() if only not in (kind, channel)}
    return Stamp(tuple((p, value) for p, value in values.items() if value and p not in unused))


def marks_of(shape: Shape) -> dict[str, str | None]:
    """The ``reader`` of a template."""
    return {place: _MARKS[place] if place in shape else None for place in PLACES}


def _roles(reader: Reader, language: Language) -> str | None:
    words = [role_words(language, slug) for slug in reader.roles]
    return joined(language, words, most=len(words)) or None


def _called_as(reader: Reader, language: Language) -> str | None:
    """A sentence for whoever does not hold the role that is called for: ``You are on duty.``"""
    away = _cut(reader.stands_in_for, 120)
    if away is not None:
        return language.word("phrases", "stands_in").format(name=away)
    return language.word("phrases", "on_duty") if ON_DUTY in reader.roles else None


def role_words(language: Language, slug: str) -> str:
    """``it_lead`` → ``IT lead``; a role nobody wrote words for is its slug, spelled out."""
    known = language.words["roles"].get(slug)
    return known or slug.replace("_", " ").replace("-", " ")


def _cut(value: str | None, longest: int) -> str | None:
    cleaned = one_line(value)
    return shortened(cleaned, longest) if cleaned else None
