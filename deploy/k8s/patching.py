"""The two kinds of patch that the overlays use.

JSON patch: RFC 6902, ``add``, ``replace`` and ``remove``. Merge: maps into maps; a list in a merge
is refused, because what happens to it depends on its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]


class PatchError(ValueError):
    """The patch fits nothing, or says what is not known here."""


@dataclass(frozen=True)
class Patch:
    """``content`` is a list of operations, or a partial manifest that names what it changes."""

    content: list[dict[str, Any]] | Manifest
    target: dict[str, str] | None = None


def apply(patch: Patch, manifests: list[Manifest]) -> None:
    """Change the manifests that the patch is for, in place."""
    chosen = [manifest for manifest in manifests if _meant(patch, manifest)]
    if not chosen:
        raise PatchError(f"a patch fits nothing: {patch.target or _identity(patch.content)}")
    for manifest in chosen:
        if isinstance(patch.content, list):
            for operation in patch.content:
                _operate(manifest, operation)
        else:
            _merge(manifest, patch.content)


def _meant(patch: Patch, manifest: Manifest) -> bool:
    if patch.target is None:
        return _identity(patch.content) == _identity(manifest)
    kind, name = patch.target.get("kind"), patch.target.get("name", ".*")
    right_kind = kind is None or kind == manifest["kind"]
    return right_kind and re.fullmatch(name, manifest["metadata"]["name"]) is not None


def _identity(manifest: Any) -> tuple[str, str, str]:
    if not isinstance(manifest, dict):
        raise PatchError("a JSON patch needs a target")
    return manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"]


def _merge(into: Manifest, change: Manifest) -> None:
    for key, value in change.items():
        if isinstance(value, list):
            raise PatchError(f"{key}: a list is changed by a JSON patch, not by a merge")
        if value is None:
            into.pop(key, None)
        elif isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _operate(manifest: Manifest, operation: dict[str, Any]) -> None:
    *path, last = [
        part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]
    ]
    parent: Any = manifest
    for part in path:
        parent = _child(parent, part, operation)
    if operation["op"] != "add":
        _child(parent, last, operation)
    _change(parent, last, operation)


def _child(parent: Any, part: str, operation: dict[str, Any]) -> Any:
    try:
        return parent[int(part)] if isinstance(parent, list) else parent[part]
    except (KeyError, IndexError, ValueError) as error:
        raise PatchError(f"{operation['path']}: there is no {part!r}") from error


def _change(parent: Any, last: str, operation: dict[str, Any]) -> None:
    match operation["op"], parent:
        case "add" | "replace", dict():
            parent[last] = operation["value"]
        case "add", list():
            parent.insert(len(parent) if last == "-" else int(last), operation["value"])
        case "replace", list():
            parent[int(last)] = operation["value"]
        case "remove", dict():
            del parent[last]
        case "remove", list():
            del parent[int(last)]
        case unknown, _:
            raise PatchError(f"{operation['path']}: {unknown!r} is not among what is known here")
