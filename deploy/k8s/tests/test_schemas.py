"""Every manifest of Kubernetes' own kinds satisfies its schema, unknown fields refused."""

from __future__ import annotations

from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest

from deploy.k8s.tests.overlay import OVERLAYS, container, rendered

VERSIONS = ("1.34", "1.37")
"""The oldest and the newest Kubernetes that these manifests are meant for."""

CUSTOM = ("kafka.strimzi.io/v1", "postgresql.cnpg.io/v1")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_satisfies_the_schemas(overlay: str, version: str) -> None:
    for manifest in rendered(overlay).all:
        if manifest["apiVersion"] not in CUSTOM:
            kubernetes_validate.validate(manifest, version, strict=True)


def misspelt(manifest: dict[str, Any]) -> None:
    container(manifest)["resourses"] = container(manifest).pop("resources")


def wrong_type(manifest: dict[str, Any]) -> None:
    manifest["spec"]["replicas"] = "two"


@pytest.mark.parametrize("change", [misspelt, wrong_type])
def test_the_schemas_notice(change: Any) -> None:
    deployment = rendered().find("Deployment", "dispatcher")
    assert deployment is not None
    change(deployment)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSIONS[0], strict=True)
