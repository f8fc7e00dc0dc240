"""What is wrong with one variant of a template, found by trying it on examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import UndefinedError
from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Kind

from dispatcher.rendering.draft import variables_of
from dispatcher.rendering.marks import PLACES
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.own_words import BLOCKS, said, subject_said
from dispatcher.rendering.reading import reading_for
from dispatcher.rendering.samples import samples
from dispatcher.rendering.sandbox import Refused

_LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Fault:
    """``pointer`` leads to it within the variant; ``detail`` is one sentence."""

    pointer: str
    detail: str


def faults_of(variant: TemplateVariant, kind: Kind) -> list[Fault]:
    """Nothing, or what keeps ``variant`` from being used in messages of ``kind``."""
    return list(_unfit(variant, kind)) or list(_untried(variant, kind))


def _unfit(variant: TemplateVariant, kind: Kind) -> Iterator[Fault]:
    blocks = BLOCKS[variant.channel]
    if kind.for_staff:
        yield Fault("", f"Messages of the kind {kind.value} go to staff, in our own words.")
    if variant.block is not None and variant.block not in blocks:
        listed = ", ".join(blocks)
        yield Fault(
            "/block",
            f"There is no block “{variant.block}” for {variant.channel} here; there are {listed}.",
        )
    if not _LOCALE.fullmatch(variant.locale):
        yield Fault(
            "/locale", f"“{variant.locale}” is not a locale; write one such as de or de-CH."
        )
    for field in ("subject", "html"):
        if getattr(variant, field) is not None and variant.channel != "email":
            yield Fault(f"/{field}", f"Only email has {'a ' if field == 'subject' else ''}{field}.")


def _untried(variant: TemplateVariant, kind: Kind) -> Iterator[Fault]:
    whole, bare = samples(kind)
    for field in ("text", "html", "subject"):
        if getattr(variant, field) is None:
            continue
        try:
            says = _tried(variant, field, whole)
            _tried(variant, field, bare)
        except Exception as error:
            yield Fault(f"/{field}", _sentence(error))
            continue
        if not says:
            yield Fault(f"/{field}", "It says nothing, even where everything is known.")


def _tried(variant: TemplateVariant, field: str, notice: Notice) -> bool:
    """Whether it says anything."""
    reading = reading_for(notice, variant.locale, None)
    variables = variables_of(notice, reading, frozenset(PLACES))
    if field == "subject":
        return bool(subject_said(variant, variables))
    return bool(said(variant, variables, html=field == "html"))


def _sentence(error: Exception) -> str:
    match error:
        case Refused():
            return str(error)
        case UndefinedError() if "has no attribute" in str(error):
            return f"It fails where a value is missing: {error}; ask with “if” first."
        case UndefinedError():
            return f"It names something that is not there: {error}."
        case _:
            return f"It fails: {str(error).rstrip('.')}."
