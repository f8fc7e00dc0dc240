"""A client's own words: which variant replaces which block for one reader.

For one block the first of this chain holds: a variant in the reader's own locale (``de-CH``), in
its language (``de``), in the client's locale, in the client's language, and then our own text. A
variant that fails is left out, counted, and our own text stands in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Channel

from dispatcher.rendering import sandbox
from dispatcher.rendering.language import DEFAULT, chain
from dispatcher.rendering.layout_marks import paragraphs
from dispatcher.rendering.rich import cleaned_html, one_line

WHOLE = "whole"
"""The place of a variant without a block in a chat message, which has no block of all."""
WRITTEN_FOR = {
    Channel.EMAIL: "email",
    Channel.APPRISE: "email",
    Channel.SMS: "sms",
    Channel.VOICE: "voice",
    Channel.SLACK: "chat",
    Channel.TEAMS: "chat",
}
"""Whose variants a channel reads; a webhook's document is for machines, and is ours."""
BLOCKS: Mapping[str, tuple[str, ...]] = {
    "email": ("body", "fact", "greeting", "opening", "after_links", "questions", "sign_off"),
    "sms": ("sms", "sms_prefix"),
    "voice": ("voice", "voice_opening"),
    "chat": ("header", "fields", "chat_foot"),
}
"""By channel what may be replaced. The first is what a variant without a block replaces, except in
chat. When the next word comes, the links, the foot and the keys stay ours: they are promises and
promises are kept the same for everyone."""


def place_of(variant: TemplateVariant) -> str:
    """The block that ``variant`` replaces."""
    if variant.block is not None:
        return variant.block
    return WHOLE if variant.channel == "chat" else BLOCKS[variant.channel][0]


Failed = Callable[[TemplateVariant, Exception], None]


def _nobody(_: TemplateVariant, __: Exception) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class OwnWords:
    """The variants one reader gets, by block. ``failed`` is told of one that could not be used."""

    variants: Mapping[str, TemplateVariant]
    subject_of: TemplateVariant | None = None
    failed: Failed = _nobody

    def block(self, name: str, variables: Mapping[str, Any], *, html: bool) -> list[str] | None:
        """The paragraphs of an own block; ``None``: ours holds."""
        variant = self.variants.get(name)
        if variant is None:
            return None
        try:
            return said(variant, variables, html=html)
        except Exception as error:
            self.failed(variant, error)
            return None

    def subject(self, variables: Mapping[str, Any]) -> str | None:
        variant = self.subject_of
        if variant is None:
            return None
        try:
            return one_line(subject_said(variant, variables))
        except Exception as error:
            self.failed(variant, error)
            return None


OURS = OwnWords(variants={})


def chosen(
    variants: Sequence[TemplateVariant],
    channel: Channel,
    *wishes: str | None,
    failed: Failed = _nobody,
) -> OwnWords:
    """What a reader who wishes these locales, the nearest first, gets on ``channel``."""
    kind = WRITTEN_FOR.get(channel)
    mine = [variant for variant in variants if variant.channel == kind]
    if not mine:
        return OURS
    ranked = list(_ranked(mine, _locales(*wishes)))
    by_block: dict[str, TemplateVariant] = {}
    for variant in ranked:
        by_block.setdefault(place_of(variant), variant)
    return OwnWords(
        variants=by_block,
        subject_of=next((variant for variant in ranked if variant.subject), None),
        failed=failed,
    )


def _locales(*wishes: str | None) -> list[str]:
    """The chain without its English end: that is our own text, and not a client's."""
    return list(dict.fromkeys(list(chain(*wishes))[:-1])) or [DEFAULT]


def _ranked(
    variants: Sequence[TemplateVariant], locales: Sequence[str]
) -> Iterator[TemplateVariant]:
    for locale in locales:
        for variant in variants:
            if variant.locale.replace("_", "-").lower() == locale:
                yield variant


def said(variant: TemplateVariant, variables: Mapping[str, Any], *, html: bool) -> list[str]:
    """Its paragraphs. Raises what a template may bring about."""
    if not html:
        return paragraphs(_rendered(variant.text, sandbox.Form.TEXT, variables))
    if variant.html is None:
        return paragraphs(_rendered(variant.text, sandbox.Form.TEXT_AS_HTML, variables))
    made = paragraphs(_rendered(variant.html, sandbox.Form.HTML, variables))
    return [part for part in map(cleaned_html, made) if part]


def subject_said(variant: TemplateVariant, variables: Mapping[str, Any]) -> str:
    parts = paragraphs(_rendered(variant.subject or "", sandbox.Form.TEXT, variables))
    return " ".join(" ".join(parts).split())


def _rendered(source: str, form: sandbox.Form, variables: Mapping[str, Any]) -> str:
    return sandbox.rendered(sandbox.compiled(source, form), variables)
