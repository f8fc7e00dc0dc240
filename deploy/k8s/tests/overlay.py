"""What the tests share: rendered overlays, the secrets that exist, the settings of the code."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from deploy.k8s.checks.manifests import Manifests
from deploy.k8s.render import render
from deploy.k8s.secrets import OPTIONAL, made

Manifest = dict[str, Any]
Mutation = Callable[[Manifest], object]

HOME = Path(__file__).resolve().parents[1]
OVERLAYS = tuple(sorted(path.name for path in (HOME / "overlays").iterdir()))


@cache
def _rendered(overlay: str) -> Manifests:
    return Manifests.of(render(HOME / "overlays" / overlay))


def rendered(overlay: str = "prod") -> Manifests:
    """An overlay's manifests, free to be changed."""
    return deepcopy(_rendered(overlay))


def mutated(kind: str, name: str, change: Mutation) -> Manifests:
    """The prod overlay with one manifest changed."""
    manifests = rendered()
    chosen = manifests.find(kind, name)
    assert chosen is not None
    change(chosen)
    return manifests


def made_secrets() -> dict[str, frozenset[str]]:
    """Keys by name of the secrets that ``deploy.k8s.secrets`` makes or leaves to the operator."""
    return {
        secret["metadata"]["name"]: frozenset(secret["stringData"])
        | frozenset(OPTIONAL.get(secret["metadata"]["name"], ()))
        for secret in made("tocsin")
    }


def pod(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["template"]["spec"]
    return found


def container(manifest: Manifest) -> Manifest:
    found: Manifest = pod(manifest)["containers"][0]
    return found
