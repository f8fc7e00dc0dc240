"""Limits, images, and what a pod may do: the rules of the `restricted` pod security standard.

Source: Kubernetes, Pod Security Standards, profile ``restricted``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from deploy.k8s.checks.manifests import Manifest, Manifests, Workload

UNITS = {
    "": 1.0,
    "m": 0.001,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
}


def problems(manifests: Manifests) -> list[str]:
    return [
        problem
        for workload in manifests.workloads()
        for problem in (
            *_resources(workload),
            *_images(workload),
            *_pod(workload),
            *(found for one in workload.containers for found in _container(workload, one)),
        )
    ]


def quantity(text: str | int) -> float:
    """A Kubernetes quantity as a number: ``200m`` is 0.2, ``1Ki`` is 1024."""
    matched = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text))
    if matched is None or matched[2] not in UNITS:
        raise ValueError(f"{text!r} is not a quantity")
    return float(matched[1]) * UNITS[matched[2]]


def _resources(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        requests = container.get("resources", {}).get("requests", {})
        limits = container.get("resources", {}).get("limits", {})
        if not {"cpu", "memory"} <= requests.keys() or "memory" not in limits:
            yield f"{workload.name}: requests cpu and memory, and limits memory, must be said"
        for resource in requests.keys() & limits.keys():
            if quantity(requests[resource]) > quantity(limits[resource]):
                yield f"{workload.name} requests more {resource} than its limit"


def _images(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        tag = container["image"].rpartition("/")[2].partition(":")[2]
        if tag in ("", "latest"):
            yield f"{workload.name}: image {container['image']} names no release"


def _pod(workload: Workload) -> Iterator[str]:
    context = workload.pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True:
        yield f"{workload.name} may run as root"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield f"{workload.name} has no seccomp profile"
    if workload.pod.get("automountServiceAccountToken") is not False:
        yield f"{workload.name} is given a token for the cluster, which it does not need"
    if workload.pod.get("enableServiceLinks") is not False:
        yield f"{workload.name}: service links may set variables that look like settings"


def _container(workload: Workload, container: Manifest) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{workload.name} may raise its privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"{workload.name} may write to its image"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield f"{workload.name} keeps capabilities"
