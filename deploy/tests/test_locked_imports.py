"""An image holds what its service locks: everything the code imports must be there."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("incident-api", "dispatcher", "escalation")
LIBRARIES = ("libs/contracts/src", "libs/runtime/src")
NEVER_AT_RUN_TIME = ("tocsin_contracts/tooling/", "tocsin_contracts/__main__.py", "/testing.py")
OURS = frozenset({"tocsin_contracts", "tocsin_runtime"})


def sources(service: str) -> Iterator[Path]:
    for folder in (*LIBRARIES, f"services/{service}/src"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not any(part in path.as_posix() for part in NEVER_AT_RUN_TIME):
                yield path


def imported(source: str) -> set[str]:
    """Top-level names that a file imports wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - OURS


def locked(service: str) -> set[str]:
    text = (ROOT / "services" / service / "requirements.lock").read_text()
    return {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def missing(names: set[str], distributions: set[str]) -> set[str]:
    """Of the imported names, those that no locked distribution brings."""
    return {
        name
        for name in names
        if not distributions & {normal(one) for one in brought_by().get(name, ())}
    }


@cache
def brought_by() -> dict[str, list[str]]:
    return dict(packages_distributions())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_locks_everything_it_imports(service: str) -> None:
    own = service.replace("-", "_")
    for path in sources(service):
        lacking = missing(imported(path.read_text()) - {own}, locked(service))
        assert not lacking, f"{path.relative_to(ROOT)} imports {lacking}, not locked"


def test_what_is_not_locked_is_noticed() -> None:
    names = imported("import hypothesis\nfrom pydantic.fields import FieldInfo\nimport json\n")
    assert missing(names, locked("escalation")) == {"hypothesis"}
