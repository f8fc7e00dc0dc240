"""The texts, compiled once.

Each kind has one template a language, with a block for each place its words appear in. A block is
rendered twice from the same source: as plain text, and as HTML with everything escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dispatcher.rendering.bold import bold
from dispatcher.rendering.language import SWISS_GERMAN, TEXTS, load_all
from dispatcher.rendering.layout_marks import HOLE, PARAGRAPH

Variables = Mapping[str, Any]


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


def _environment(*, html: bool) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        autoescape=html,
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
_KEPT: dict[Environment, tuple[Variables, str, object]] = {}
"""The phrases made last, with the very variables they were made for."""


def block(path: str, name: str, variables: Variables, *, html: bool = False) -> str:
    """One block of a template of ours; a block that a template leaves out is empty."""
    environment = _HTML if html else _TEXT
    template = environment.get_template(path)
    body = template.blocks.get(name)
    if body is None:
        return ""
    everything = {**variables, "say": _phrases(environment, path, variables)}
    return "".join(body(template.new_context(everything)))


def has_block(path: str, name: str) -> bool:
    """Whether a template says something of its own there, be it nothing."""
    return name in _TEXT.get_template(path).blocks


def _phrases(environment: Environment, path: str, variables: Variables) -> object:
    """The macros that the templates of one language share; made once for a message's blocks."""
    folder = path.partition("/")[0]
    kept = _KEPT.get(environment)
    if kept is not None and kept[0] is variables and kept[1] == folder:
        return kept[2]
    module = environment.get_template(f"{folder}/phrases.j2").make_module(dict(variables))
    _KEPT[environment] = (variables, folder, module)
    return module


def compile_all() -> None:
    """Compile every text of ours, so that nobody's first message waits for it."""
    load_all()
    for path in _LOADER.list_templates():
        if path.endswith(".j2"):
            for environment in (_TEXT, _HTML):
                environment.get_template(path)


def page(path: str, variables: Variables) -> str:
    """A whole HTML template of ours."""
    return _HTML.get_template(path).render(variables)


__all__ = ["Variables", "block", "compile_all", "has_block", "page"]
