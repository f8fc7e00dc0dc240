"""The texts, compiled once.

Each kind has one template a language, with a block for each place its words appear in. A block is
rendered twice from the same source: as plain text, and as HTML with everything escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dispatcher.rendering.bold import bold
from dispatcher.rendering.language import SWISS_GERMAN, TEXTS, load_all
from dispatcher.rendering.layout_marks import HOLE, PARAGRAPH, paragraphs


class Variables(dict[str, Any]):
    """What the templates of one message may say; beside it, made once, what was said with it.

    The blocks of the frame stand in text and HTML and on several channels, a language's phrases in
    every block.
    """

    def __init__(self, *given: Mapping[str, Any]) -> None:
        super().__init__()
        for one in given:
            self.update(one)
        self._with_phrases: dict[tuple[Environment, str], dict[str, Any]] = {}
        self._said: dict[tuple[str, str, bool], list[str]] = {}

    def said(self, path: str, name: str, *, html: bool) -> list[str]:
        """The paragraphs of one block of a template of ours."""
        place = path, name, html
        if place not in self._said:
            self._said[place] = paragraphs(block(path, name, self, html=html))
        return self._said[place]

    def with_phrases(self, environment: Environment, folder: str) -> dict[str, Any]:
        kept = self._with_phrases.get((environment, folder))
        if kept is None:
            template = environment.get_template(f"{folder}/phrases.j2")
            everything = {**environment.globals, **self}
            kept = {**everything, "say": template.make_module(everything, shared=True)}
            self._with_phrases[environment, folder] = kept
        return kept


class _TextsLoader(FileSystemLoader):
    """¶ in a source becomes the private mark, so that a ¶ in somebody's words stays one.

    Swiss German is our German without ß; what people wrote stays as it is.
    """

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        swiss = template.startswith(f"{SWISS_GERMAN}/")
        path = template.replace(SWISS_GERMAN, "de", 1) if swiss else template
        source, filename, current = super().get_source(environment, path)
        source = source.replace("ß", "ss") if swiss else source
        return source.replace("¶", PARAGRAPH), filename, current


def _environment(*, html: bool) -> Environment:
    """Our own texts alone are read here; what others write as a template is read in sandbox.py."""
    made = Environment(
        autoescape=html,  # noqa: S701 - for plain text
        undefined=StrictUndefined,
        finalize=_hole_for_none,
        loader=_LOADER,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals["b"] = bold
    return made


def _hole_for_none(value: object) -> object:
    return HOLE if value is None else value


_LOADER = _TextsLoader(TEXTS)
_TEXT = _environment(html=False)
_HTML = _environment(html=True)


def block(path: str, name: str, variables: Variables, *, html: bool = False) -> str:
    """One block of a template of ours; a block that a template leaves out is empty."""
    environment = _HTML if html else _TEXT
    template = environment.get_template(path)
    body = template.blocks.get(name)
    if body is None:
        return ""
    everything = variables.with_phrases(environment, path.partition("/")[0])
    return "".join(body(template.new_context(everything, shared=True)))


def has_block(path: str, name: str) -> bool:
    """Whether a template says something of its own there, be it nothing."""
    return name in _TEXT.get_template(path).blocks


def compile_all() -> None:
    """Compile every text of ours, so that nobody's first message waits for it."""
    load_all()
    for path in _LOADER.list_templates():
        if path.endswith(".j2"):
            for environment in (_TEXT, _HTML):
                environment.get_template(path)


def page(path: str, variables: Mapping[str, Any]) -> str:
    """A whole HTML template of ours."""
    return _HTML.get_template(path).render(variables)


__all__ = ["Variables", "block", "compile_all", "has_block", "page"]
