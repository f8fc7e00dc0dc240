"""The committed files that are made from the models, and whether they still are what is made."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import yaml

from tocsin_contracts.envelope import MalformedEvent, UnknownEventType
from tocsin_contracts.tooling import asyncapi, golden, schemas

HOME = Path(__file__).resolve().parents[3]
"""``libs/contracts`` in a checkout."""

SCHEMAS = "schemas"
GOLDEN = "golden"
ASYNCAPI = "asyncapi.yaml"


def made() -> dict[str, str]:
    """Text by path below ``libs/contracts``, of everything that is made."""
    files = {f"{SCHEMAS}/{name}.json": _json(schema) for name, schema in _schemas().items()}
    return {**files, ASYNCAPI: _yaml(asyncapi.document(version("tocsin-contracts")))}


def write(home: Path = HOME) -> list[str]:
    """Bring the committed files up to date; returns the paths that changed."""
    wanted = {**made(), **_rewritten_examples(home)}
    stale = drift(wanted, committed(home))
    for path in stale:
        if path in wanted:
            (home / path).parent.mkdir(parents=True, exist_ok=True)
            (home / path).write_text(wanted[path], encoding="utf-8")
        elif path.startswith(f"{SCHEMAS}/"):
            (home / path).unlink()
    return stale


def committed(home: Path = HOME) -> dict[str, str]:
    """Text by path, of schemas, examples and the AsyncAPI document as they lie there."""
    paths = [*(home / SCHEMAS).glob("*.json"), *(home / GOLDEN).glob("*.json"), home / ASYNCAPI]
    return {
        path.relative_to(home).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(paths)
        if path.exists()
    }


def drift(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    """Paths that are missing, differ, or should not be there."""
    kept = {path for path in found if not path.startswith(f"{GOLDEN}/")}
    return sorted(path for path in wanted.keys() | kept if wanted.get(path) != found.get(path))


def examples(files: dict[str, str]) -> dict[str, str]:
    """Golden examples by type name, out of :func:`committed`."""
    return {
        Path(path).name.removesuffix(".json"): text
        for path, text in files.items()
        if path.startswith(f"{GOLDEN}/")
    }


def _rewritten_examples(home: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in examples(committed(home)).items():
        try:
            texts[f"{GOLDEN}/{name}.json"] = golden.rewritten(text)
        except (MalformedEvent, UnknownEventType):
            continue  # check says what is wrong; a broken example is mended by hand
    return texts


def _schemas() -> dict[str, schemas.Schema]:
    return schemas.all_schemas()


def _json(document: schemas.Schema) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _yaml(document: asyncapi.Node) -> str:
    heading = "# Made from the models by `python -m tocsin_contracts generate`.\n"
    return heading + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
