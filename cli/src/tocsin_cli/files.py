"""Escalation policies from a file that is not applied yet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tocsin_cli.api import Refused

SECTION = "escalation_policies"


class _Plain(yaml.SafeLoader):
    """YAML with the scalars of its 1.2 core schema, as the directory is read: ``22:00`` is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}


for _tag, _pattern, _first in (
    ("bool", "true|false", "tf"),
    ("null", "null|~|", "n~"),
    ("int", "-?[0-9]+", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
):
    _Plain.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first, ""]
    )


def policies_in(path: Path) -> list[Any]:
    """Of a directory document, a list of policies or one policy. Raises :class:`Refused`."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), _Plain)  # noqa: S506 — a safe loader
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise Refused(f"{path} is no YAML: {' '.join(str(error).split())}.") from error
    if isinstance(found, dict) and SECTION in found:
        found = found[SECTION]
    if isinstance(found, dict) and "steps" in found:
        found = [found]
    if not isinstance(found, list):
        raise Refused(f"{path} holds no policies; write them under '{SECTION}'.")
    return found
