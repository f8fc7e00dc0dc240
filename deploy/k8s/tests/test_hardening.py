"""Limits, images and the `restricted` standard, and each way of falling short of them."""

from __future__ import annotations

import pytest

from deploy.k8s.checks import hardening
from deploy.k8s.tests.overlay import OVERLAYS, Mutation, container, mutated, pod, rendered


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_restricted(overlay: str) -> None:
    assert hardening.problems(rendered(overlay)) == []


@pytest.mark.parametrize(
    ("text", "number"), [("200m", 0.2), ("1", 1.0), ("1Ki", 1024.0), ("2Gi", 2 * 2.0**30), (3, 3.0)]
)
def test_quantities(text: str | int, number: float) -> None:
    assert hardening.quantity(text) == pytest.approx(number)


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="'5 apples' is not a quantity"):
        hardening.quantity("5 apples")


NOTICED: dict[str, tuple[Mutation, str]] = {
    "no limit": (
        lambda m: container(m)["resources"].pop("limits"),
        "requests cpu and memory, and limits memory, must be said",
    ),
    "more than the limit": (
        lambda m: container(m)["resources"]["requests"].update(memory="1Gi"),
        "requests more memory than its limit",
    ),
    "no tag": (
        lambda m: container(m).update(image="registry.example:5000/tocsin/dispatcher"),
        "image registry.example:5000/tocsin/dispatcher names no release",
    ),
    "latest": (
        lambda m: container(m).update(image="tocsin/dispatcher:latest"),
        "image tocsin/dispatcher:latest names no release",
    ),
    "root": (
        lambda m: pod(m)["securityContext"].pop("runAsNonRoot"),
        "may run as root",
    ),
    "no seccomp": (
        lambda m: pod(m)["securityContext"].pop("seccompProfile"),
        "has no seccomp profile",
    ),
    "a token": (
        lambda m: pod(m).pop("automountServiceAccountToken"),
        "is given a token for the cluster, which it does not need",
    ),
    "service links": (
        lambda m: pod(m).update(enableServiceLinks=True),
        "service links may set variables that look like settings",
    ),
    "privileges": (
        lambda m: container(m)["securityContext"].pop("allowPrivilegeEscalation"),
        "may raise its privileges",
    ),
    "a writable image": (
        lambda m: container(m)["securityContext"].update(readOnlyRootFilesystem=False),
        "may write to its image",
    ),
    "capabilities": (
        lambda m: container(m)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
        "keeps capabilities",
    ),
}


@pytest.mark.parametrize(("change", "says"), NOTICED.values(), ids=NOTICED)
def test_noticed(change: Mutation, says: str) -> None:
    [problem] = hardening.problems(mutated("Deployment", "dispatcher", change))
    assert problem.startswith("Deployment dispatcher")
    assert problem.endswith(says)
