"""Looking things up among rendered manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]

RUNS_PODS = ("Deployment", "Job")


@dataclass(frozen=True)
class Manifests:
    """All manifests of one overlay."""

    all: tuple[Manifest, ...]

    @classmethod
    def of(cls, manifests: Iterable[Manifest]) -> Manifests:
        return cls(tuple(manifests))

    def kind(self, *kinds: str) -> Iterator[Manifest]:
        return (manifest for manifest in self.all if manifest["kind"] in kinds)

    def find(self, kind: str, name: str) -> Manifest | None:
        return next((one for one in self.kind(kind) if one["metadata"]["name"] == name), None)

    def workloads(self) -> Iterator[Workload]:
        return (Workload(manifest) for manifest in self.kind(*RUNS_PODS))


@dataclass(frozen=True)
class Workload:
    """A Deployment or a Job, seen from its pods."""

    manifest: Manifest

    @property
    def name(self) -> str:
        return f"{self.manifest['kind']} {self.manifest['metadata']['name']}"

    @property
    def service(self) -> str:
        return str(self.labels.get("app.kubernetes.io/name", ""))

    @property
    def labels(self) -> dict[str, str]:
        labels: dict[str, str] = self.manifest["spec"]["template"]["metadata"]["labels"]
        return labels

    @property
    def pod(self) -> Manifest:
        pod: Manifest = self.manifest["spec"]["template"]["spec"]
        return pod

    @property
    def containers(self) -> list[Manifest]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    def ports(self) -> dict[str, int]:
        """Number by name, of all containers."""
        return {
            port["name"]: port["containerPort"]
            for container in self.containers
            for port in container.get("ports", [])
        }


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a label selector, or a Service's plain map, chooses these labels."""
    if not selector.keys() & {"matchLabels", "matchExpressions"}:
        return selector.items() <= labels.items()
    wanted = selector.get("matchLabels", {})
    return wanted.items() <= labels.items() and all(
        _expression(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _expression(expression: dict[str, Any], labels: dict[str, str]) -> bool:
    if expression["operator"] != "In":
        raise ValueError(f"these manifests select by In alone, not {expression['operator']}")
    return labels.get(expression["key"]) in expression["values"]
