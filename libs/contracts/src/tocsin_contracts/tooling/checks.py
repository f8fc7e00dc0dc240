"""The checks of ``python -m tocsin_contracts check``, each a name and what it found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tocsin_contracts.registry import ALL_TOPICS, SERVICES
from tocsin_contracts.tooling import (
    asyncapi,
    generated,
    golden,
    registry_rules,
    release_rules,
    released,
    schemas,
)


@dataclass(frozen=True)
class Check:
    """``problems`` fail the build, ``notes`` are only said."""

    name: str
    problems: list[str]
    notes: list[str] = field(default_factory=list)


def run(home: Path = generated.HOME) -> list[Check]:
    files = generated.committed(home)
    return [
        Check("registry", registry_rules.problems(ALL_TOPICS, SERVICES)),
        drift(files),
        Check("golden examples", golden.problems(generated.examples(files))),
        compatibility(released.last_release(home)),
    ]


def drift(files: dict[str, str]) -> Check:
    stale = generated.drift(generated.made(), files)
    problems = [f"{path} is not what the models make; run generate" for path in stale]
    return Check("schemas and AsyncAPI", problems)


def compatibility(release: released.Release | None) -> Check:
    name = "compatible with the last release"
    if release is None:
        return Check(name, [], ["no release yet, so there is nothing to be compatible with"])
    channels = asyncapi.document("")["channels"]
    found = release_rules.differences(release, schemas.all_schemas(), channels)
    return Check(
        f"{name}, {release.tag}",
        [f"breaking: {one}" for one in found if one.weight == "breaking"],
        [f"consumers first: {one}" for one in found if one.weight == "consumers first"],
    )
