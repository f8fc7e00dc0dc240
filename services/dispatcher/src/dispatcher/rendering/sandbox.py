"""The part of Jinja that own templates may use: enough for words, too little for harm.

What is not in the lists below is refused when a template is read, so that what passes ends soon:
loops count against one budget a rendering, texts can only be joined through a check of their
length, and nothing can be called but the few functions of :data:`FUNCTIONS`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    Undefined,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from dispatcher.rendering.bold import bold
from dispatcher.rendering.layout_marks import HOLE, PARAGRAPH
from dispatcher.rendering.rich import without_controls

LONGEST_SOURCE = 65_536
LONGEST_TEXT = 65_536
MOST_ITERATIONS = 2_000
MOST_SECONDS = 0.2

FUNCTIONS = frozenset({"b", "plural", "number", "in_words", "line", "sentence"})
FILTERS = frozenset(
    {"capitalize", "d", "default", "first", "last", "length", "lower", "title", "trim", "upper"}
)
TESTS = frozenset({"defined", "none", "equalto", "eq", "ne", "lt", "gt", "le", "ge", "in"})
_WORDS_OF = {
    nodes.Macro: "macro", nodes.CallBlock: "call", nodes.Include: "include",
    nodes.Import: "import", nodes.FromImport: "import", nodes.Extends: "extends",
    nodes.Block: "block", nodes.FilterBlock: "filter", nodes.With: "with",
    nodes.AssignBlock: "set … endset", nodes.Mul: "*", nodes.Pow: "**", nodes.Mod: "%",
    nodes.Add: "+", nodes.Sub: "-", nodes.Div: "/", nodes.FloorDiv: "//",
}  # fmt: skip
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.If, nodes.For, nodes.Assign, nodes.Concat, nodes.CondExpr, nodes.Call,
    nodes.Tuple, nodes.List, nodes.Keyword, nodes.Neg,
)  # fmt: skip


class Refused(Exception):
    """A template that asks for more than it may, in one sentence for whoever wrote it."""


@dataclass
class Budget:
    iterations: int
    until: float

    def spend(self) -> None:
        self.iterations -= 1
        if self.iterations < 0:
            raise Refused(f"It goes round more than {MOST_ITERATIONS} times; leave out a loop.")
        if time.monotonic() > self.until:
            raise Refused(f"It takes longer than {MOST_SECONDS} seconds; make it simpler.")


_HTML_JOIN = Markup("").join
_BUDGET: ContextVar[Budget] = ContextVar("budget")


class _Limits(NodeTransformer):
    """Refuses what is not allowed, and puts the counters in. ``escapes``: what the template itself
    says is text, and is to stand in HTML."""

    def __init__(self, *, escapes: bool) -> None:
        self._escapes = escapes

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802 - Jinja's
        if self._escapes:
            node.data = str(escape(node.data))
        return node

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        if not isinstance(node, _ALLOWED):
            word = _WORDS_OF.get(type(node), type(node).__name__.lower())
            raise Refused(f"Line {node.lineno}: “{word}” cannot be used in a template.")
        return super().generic_visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's name
        if node.recursive:
            raise Refused(f"Line {node.lineno}: a loop cannot be recursive in a template.")
        self.generic_visit(node)
        node.iter = _call("counted", [cast(nodes.Expr, node.iter)], node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return _call("joined", node.nodes, node.lineno)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        named = isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS
        if not named or node.dyn_args is not None or node.dyn_kwargs is not None:
            raise Refused(
                f"Line {node.lineno}: only {', '.join(sorted(FUNCTIONS))} can be called in a "
                "template."
            )
        return self.generic_visit(node)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802 - Jinja's name
        return self._listed(node, node.name, FILTERS, "filter")

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802 - Jinja's name
        return self._listed(node, node.name, TESTS, "test")

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - Jinja's name
        return self._visible(node, node.name)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802 - Jinja's name
        return self._visible(node, node.attr)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 - Jinja's name
        if not isinstance(node.arg, nodes.Const):
            raise Refused(f"Line {node.lineno}: an item is named by a number or a word.")
        return self._visible(node, str(node.arg.value))

    def _visible(self, node: nodes.Node, name: str) -> nodes.Node:
        if name.startswith(("_", "tocsin_")):
            raise Refused(f"Line {node.lineno}: “{name}” is not for templates.")
        return self.generic_visit(node)

    def _listed(
        self, node: nodes.Node, name: str, allowed: frozenset[str], what: str
    ) -> nodes.Node:
        if name not in allowed:
            raise Refused(
                f"Line {node.lineno}: there is no {what} “{name}” here; there are "
                f"{', '.join(sorted(allowed))}."
            )
        return self.generic_visit(node)


def _call(name: str, arguments: list[nodes.Expr], line: int) -> nodes.Call:
    name = f"tocsin_{name}"
    return nodes.Call(nodes.Name(name, "load"), arguments, [], None, None, lineno=line)


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        _BUDGET.get().spend()
        yield item


def _joined(*parts: object) -> str:
    html = any(hasattr(part, "__html__") for part in parts)
    text = _HTML_JOIN([_text(part) for part in parts]) if html else "".join(map(str, parts))
    if len(text) > LONGEST_TEXT:
        raise Refused(f"It joins more than {LONGEST_TEXT} letters into one text.")
    return text


def _text(part: object) -> str:
    return escape(part) if hasattr(part, "__html__") else str(part)


def _printed(value: object) -> object:
    if callable(value) and not isinstance(value, Undefined):
        raise Refused("It prints a function; only values can be printed.")
    return HOLE if value is None else value


def _environment(*, html: bool) -> Environment:
    made = ImmutableSandboxedEnvironment(
        autoescape=html,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
        optimized=False,
    )
    made.globals = {"b": bold, "tocsin_counted": _counted, "tocsin_joined": _joined}
    return made


_TEXT = _environment(html=False)
_HTML = _environment(html=True)


class Form(Enum):
    """What a template is written in, and what it becomes."""

    TEXT = "text"
    TEXT_AS_HTML = "text as html"
    HTML = "html"


@lru_cache(maxsize=1_024)
def compiled(source: str, form: Form) -> Template:
    """A template made of ``source``, in which a blank line or ¶ begins a new paragraph.

    Raises :class:`Refused` for one that cannot be read or asks for more than it may.
    """
    if len(source) > LONGEST_SOURCE:
        raise Refused(f"It is longer than {LONGEST_SOURCE} letters.")
    environment = _TEXT if form is Form.TEXT else _HTML
    limits = _Limits(escapes=form is Form.TEXT_AS_HTML)
    try:
        source = without_controls(source).replace("¶", PARAGRAPH)
        source = source if form is Form.HTML else _with_paragraphs(source)
        tree = limits.visit(environment.parse(source))
        return Template.from_code(environment, environment.compile(tree), environment.globals)
    except TemplateSyntaxError as error:
        raise Refused(f"Line {error.lineno}: {error.message}.") from error
    except (RecursionError, MemoryError, SyntaxError, OverflowError, ValueError) as error:
        raise Refused("It is nested too deeply to be read.") from error


def _with_paragraphs(source: str) -> str:
    return "\n".join(line if line.strip() else PARAGRAPH for line in source.split("\n"))


def rendered(template: Template, variables: Mapping[str, Any]) -> str:
    """Raises :class:`Refused` beyond the limits, Jinja's errors for what is not there."""
    token = _BUDGET.set(Budget(MOST_ITERATIONS, time.monotonic() + MOST_SECONDS))
    try:
        return "".join(_limited(template.root_render_func(template.new_context(dict(variables)))))
    finally:
        _BUDGET.reset(token)


def _limited(pieces: Iterable[str]) -> Iterator[str]:
    spare = LONGEST_TEXT
    for piece in pieces:
        spare -= len(piece)
        if spare < 0:
            raise Refused(f"It writes more than {LONGEST_TEXT} letters.")
        yield piece
