"""Renders an overlay as ``kubectl kustomize`` would, without kubectl.

    python -m deploy.k8s.render deploy/k8s/overlays/prod

Knows the part of kustomize that these folders use and refuses the rest: ``resources``,
``namespace``, ``nameSuffix`` (of resources that nothing in the same folder refers to), ``labels``
without selectors, ``images``, and ``patches`` (JSON 6902, or a merge of maps).
"""

from __future__ import annotations

import re
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from deploy.k8s import patching

Manifest = dict[str, Any]
Kustomization = dict[str, Any]

CLUSTER_WIDE = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding"})
KNOWN = frozenset(
    {"apiVersion", "kind", "resources", "namespace", "nameSuffix", "labels", "images", "patches"}
)


class RenderError(ValueError):
    """The folder uses what this renderer does not know, or names what is not there."""


def render(folder: Path) -> list[Manifest]:
    """Every manifest of a folder with a ``kustomization.yaml``, in the order that it names them."""
    kustomization = _kustomization(folder)
    manifests = [
        manifest
        for entry in kustomization.get("resources", [])
        for manifest in _resource(folder / entry)
    ]
    for patch in kustomization.get("patches", []):
        patching.apply(_patch(folder, patch), manifests)
    for transform in (_suffix, _labels, _images, _namespace):
        transform(kustomization, manifests)
    return manifests


def _kustomization(folder: Path) -> Kustomization:
    path = folder / "kustomization.yaml"
    if not path.is_file():
        raise RenderError(f"{folder}: no kustomization.yaml")
    found: Kustomization = yaml.safe_load(path.read_text())
    unknown = sorted(found.keys() - KNOWN)
    if unknown:
        raise RenderError(f"{path}: {', '.join(unknown)} is not among what render.py knows")
    return found


def _resource(path: Path) -> list[Manifest]:
    if path.is_dir():
        return render(path)
    if not path.is_file():
        raise RenderError(f"{path}: no such file")
    return [deepcopy(manifest) for manifest in yaml.safe_load_all(path.read_text()) if manifest]


def _patch(folder: Path, entry: dict[str, Any]) -> patching.Patch:
    text = entry["patch"] if "patch" in entry else (folder / entry["path"]).read_text()
    return patching.Patch(content=yaml.safe_load(text), target=entry.get("target"))


def _suffix(kustomization: Kustomization, manifests: list[Manifest]) -> None:
    for manifest in manifests:
        manifest["metadata"]["name"] += kustomization.get("nameSuffix", "")


def _labels(kustomization: Kustomization, manifests: list[Manifest]) -> None:
    for entry in kustomization.get("labels", []):
        if entry.get("includeSelectors") or entry.get("includeTemplates"):
            raise RenderError("labels: only pairs without selectors and templates are known")
        for manifest in manifests:
            manifest["metadata"].setdefault("labels", {}).update(entry["pairs"])


def _images(kustomization: Kustomization, manifests: list[Manifest]) -> None:
    for image in kustomization.get("images", []):
        for manifest in manifests:
            for container in containers(manifest):
                container["image"] = _renamed(container["image"], image)


def _renamed(reference: str, image: dict[str, str]) -> str:
    name, tag = re.fullmatch(r"(.+?)(:[^/]*)?", reference).groups()  # type: ignore[union-attr]
    if name != image["name"]:
        return reference
    new_tag = f":{image['newTag']}" if "newTag" in image else tag or ""
    return image.get("newName", name) + new_tag


def _namespace(kustomization: Kustomization, manifests: list[Manifest]) -> None:
    for manifest in manifests:
        if "namespace" in kustomization and manifest["kind"] not in CLUSTER_WIDE:
            manifest["metadata"]["namespace"] = kustomization["namespace"]


def containers(manifest: Manifest) -> list[dict[str, Any]]:
    """The containers that a manifest's pods have, initial ones first."""
    pod = manifest.get("spec", {}).get("template", {}).get("spec", {})
    return [*pod.get("initContainers", []), *pod.get("containers", [])]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m deploy.k8s.render deploy/k8s/overlays/prod\n")
        return 2
    try:
        manifests = render(Path(arguments[0]))
    except (RenderError, patching.PatchError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(yaml.safe_dump_all(manifests, sort_keys=False, allow_unicode=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
