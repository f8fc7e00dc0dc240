"""May this schema replace that one under the same name?

Two readers count. New code reads events written before (the log keeps them for weeks, and a rebuild
reads them all), and old code reads what new code writes while a release rolls out. So:

* **breaking**: new code could not read an old event, or old code would miss what it relies on.
  The change needs a new type beside the old one.
* **consumers first**: old code might refuse a new event. Allowed, if consumers are released before
  the producer starts to send it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Schema = dict[str, Any]
Weight = Literal["breaking", "consumers first"]

LOWER_BOUNDS = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER_BOUNDS = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
EXACT = ("pattern", "format")


@dataclass(frozen=True)
class Difference:
    """One change that is not plainly compatible. ``place`` is a dotted path into the event."""

    weight: Weight
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def compare(old: Schema, new: Schema) -> list[Difference]:
    """Every difference between two schemas of one name that somebody must know of."""
    return list(_Comparison(old, new).values("event", old, new))


@dataclass(frozen=True)
class _Comparison:
    old_root: Schema
    new_root: Schema
    within: set[tuple[str, str]] = field(default_factory=set)
    """The named forms being compared: one that holds itself is compared once."""

    def values(self, place: str, old: Schema, new: Schema) -> Iterator[Difference]:
        names = (old.get("$ref", ""), new.get("$ref", ""))
        if names not in self.within:
            named = {names} if all(names) else set()
            inner = _Comparison(self.old_root, self.new_root, self.within | named)
            yield from inner._alike(place, old, new)

    def _alike(self, place: str, old: Schema, new: Schema) -> Iterator[Difference]:
        before = _alternatives(old, self.old_root)
        after = _alternatives(new, self.new_root)
        for form in before.keys() - after.keys():
            yield Difference("breaking", place, f"no longer {form}")
        for form in after.keys() - before.keys():
            yield Difference("consumers first", place, f"may now be {form}")
        for form in sorted(before.keys() & after.keys()):
            yield from self._one_form(place, before[form], after[form])

    def _one_form(self, place: str, old: Schema, new: Schema) -> Iterator[Difference]:
        yield from _allowed_values(place, old, new)
        yield from _bounds(place, old, new)
        if "properties" in old or "properties" in new:
            yield from self._fields(place, old, new)
        for keyword, suffix in (("items", "[]"), ("additionalProperties", "{}")):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.values(place + suffix, old[keyword], new[keyword])

    def _fields(self, place: str, old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(before.keys() - after.keys()):
            yield Difference("breaking", f"{place}.{name}", "removed")
        for name in sorted(needed_now - needed):
            yield Difference("breaking", f"{place}.{name}", "required, older events lack it")
        for name in sorted((needed - needed_now) & after.keys()):
            yield Difference("breaking", f"{place}.{name}", "optional now, consumers rely on it")
        for name in sorted(before.keys() & after.keys()):
            yield from self.values(f"{place}.{name}", before[name], after[name])


def _alternatives(schema: Schema, root: Schema) -> dict[str, Schema]:
    """The forms a value may take, by what tells them apart."""
    schema = _resolved(schema, root)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options is None:
        return {_form(schema): schema}
    forms: dict[str, Schema] = {}
    for option in options:
        forms.update(_alternatives(option, root))
    return forms


def _form(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        node: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        schema = {**node, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _allowed_values(place: str, old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = _listed(old), _listed(new)
    if before == after:
        return
    if before is None:
        yield Difference("breaking", place, f"limited to {_words(after or set())}")
        return
    if after is None:
        yield Difference("consumers first", place, "no longer a closed list")
        return
    if before - after:
        yield Difference("breaking", place, f"no longer allows {_words(before - after)}")
    if after - before:
        yield Difference("consumers first", place, f"also allows {_words(after - before)}")


def _listed(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return set(map(str, schema["enum"])) if "enum" in schema else None


def _words(values: set[str]) -> str:
    return ", ".join(sorted(values))


def _bounds(place: str, old: Schema, new: Schema) -> Iterator[Difference]:
    for keyword in EXACT:
        if old.get(keyword) != new.get(keyword):
            weight: Weight = "consumers first" if keyword not in new else "breaking"
            was, now = old.get(keyword), new.get(keyword)
            yield Difference(weight, place, f"{keyword} was {was}, is {now}")
    for keyword in (*LOWER_BOUNDS, *UPPER_BOUNDS):
        yield from _bound(place, keyword, old.get(keyword), new.get(keyword))


def _bound(place: str, keyword: str, old: float | None, new: float | None) -> Iterator[Difference]:
    if old == new:
        return
    tighter = new is not None and (
        old is None or (new > old if keyword in LOWER_BOUNDS else new < old)
    )
    weight: Weight = "breaking" if tighter else "consumers first"
    yield Difference(weight, place, f"{keyword} was {old}, is {new}")
