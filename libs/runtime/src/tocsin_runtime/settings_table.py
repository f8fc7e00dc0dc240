"""Every setting as one Markdown page.

    python -m tocsin_runtime.settings_table > docs/settings.md

A service's settings are the class ``Settings`` of its module ``settings``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from tocsin_contracts.registry import SERVICES

from tocsin_runtime.settings import RuntimeSettings

HEADING = """\
# Settings

<!-- Made by `python -m tocsin_runtime.settings_table > docs/settings.md`. -->

A setting is an environment variable. For each, `<NAME>_FILE` may name a file that holds the value
instead, which is how secrets are mounted. A value that does not fit stops the start, with one line
that says which and why.
"""
NAMES: dict[Any, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def settings_class(service: str) -> type[RuntimeSettings]:
    """The settings of a service, by its name (``incident-api``)."""
    module = import_module(f"{service.replace('-', '_')}.settings")
    found: type[RuntimeSettings] = module.Settings
    return found


def page(services: Mapping[str, type[RuntimeSettings]]) -> str:
    """The whole page: what all share first, then what each adds or decides otherwise."""
    shared = RuntimeSettings.model_fields
    sections = [_section("Every service", shared)]
    for name, settings in services.items():
        own = {
            field: info
            for field, info in settings.model_fields.items()
            if field not in shared or info.default != shared[field].default
        }
        sections.append(_section(name, own))
    return "\n".join([HEADING, *sections])


def _section(title: str, fields: Mapping[str, FieldInfo]) -> str:
    if not fields:
        return f"## {title}\n\nNothing of its own.\n"
    rows = [_row(name, info) for name, info in fields.items()]
    head = ["| variable | value | default | what it does |", "|---|---|---|---|"]
    return "\n".join([f"## {title}", "", *head, *rows, ""])


def _row(name: str, info: FieldInfo) -> str:
    if not info.description:
        raise ValueError(f"{name.upper()} has no description")
    cells = (f"`{name.upper()}`", _kind(info.annotation), _default(info), info.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " ".join(f"`{choice}`" for choice in get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(one for one in get_args(annotation) if one is not NoneType))
    if annotation is SecretStr:
        return "secret"
    if get_origin(annotation) is not None:
        return "JSON"
    name: str = getattr(annotation, "__name__", str(annotation)).lower()
    return NAMES.get(annotation, name)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "must be given"
    default = info.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default in ("", {}, []):
        return "none"
    if isinstance(default, SecretStr):
        return "set for development"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    sys.stdout.write(page({name: settings_class(name) for name in SERVICES}))
