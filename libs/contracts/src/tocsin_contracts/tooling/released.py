"""The contracts as the last release had them, read from git."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from tocsin_contracts.tooling.compatibility import Schema
from tocsin_contracts.tooling.generated import ASYNCAPI, GOLDEN, SCHEMAS


@dataclass(frozen=True)
class Release:
    """``channels`` is that part of the AsyncAPI document; ``examples`` are texts by type name."""

    tag: str
    schemas: dict[str, Schema] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    channels: dict[str, Any] = field(default_factory=dict)


def last_release(home: Path) -> Release | None:
    """The newest tag that HEAD descends from; ``None`` where nothing was released yet."""
    tag = _git(home, "describe", "--tags", "--abbrev=0", "--match", "v*")
    return None if tag is None else read(home, tag.strip())


def read(home: Path, tag: str) -> Release:
    listing = _git(home, "ls-tree", "-r", "--name-only", tag, ".") or ""
    texts = {path: _git(home, "show", f"{tag}:./{path}") or "" for path in listing.splitlines()}
    return Release(
        tag=tag,
        schemas={name: json.loads(text) for name, text in _within(texts, SCHEMAS).items()},
        examples=_within(texts, GOLDEN),
        channels=(yaml.safe_load(texts.get(ASYNCAPI, "")) or {}).get("channels", {}),
    )


def _within(texts: dict[str, str], folder: str) -> dict[str, str]:
    return {
        PurePosixPath(path).name.removesuffix(".json"): text
        for path, text in texts.items()
        if path.startswith(f"{folder}/") and path.endswith(".json")
    }


def _git(home: Path, *arguments: str) -> str | None:
    answer = subprocess.run(
        ["git", "-C", str(home), *arguments], capture_output=True, text=True, check=False
    )
    return answer.stdout if answer.returncode == 0 else None
