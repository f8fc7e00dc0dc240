"""ConfigMaps, Secrets, volumes and files exist where pods look for them."""

from __future__ import annotations

import pytest

from deploy.k8s.checks import references
from deploy.k8s.checks.manifests import Manifests
from deploy.k8s.tests.overlay import (
    OVERLAYS,
    Manifest,
    Mutation,
    container,
    made_secrets,
    mutated,
    pod,
    rendered,
)


def problems(manifests: Manifests) -> list[str]:
    return references.problems(manifests, made_secrets())


def projected(manifest: Manifest) -> list[Manifest]:
    [volume] = [one for one in pod(manifest)["volumes"] if one["name"] == "secrets"]
    found: list[Manifest] = volume["projected"]["sources"]
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_everything_is_there(overlay: str) -> None:
    assert problems(rendered(overlay)) == []


NOTICED: dict[str, tuple[str, str, Mutation, str]] = {
    "a ConfigMap that is not there": (
        "Deployment",
        "dispatcher",
        lambda m: container(m)["envFrom"][1]["configMapRef"].update(name="dispatcher-config"),
        "Deployment dispatcher: there is no ConfigMap dispatcher-config",
    ),
    "a misspelt key of a secret of ours": (
        "Deployment",
        "dispatcher",
        lambda m: projected(m)[2]["secret"]["items"][0].update(key="seal-key"),
        "Deployment dispatcher: nothing makes key seal-key of secret dispatcher-secrets",
    ),
    "a misspelt key of an operator's secret": (
        "Deployment",
        "dispatcher",
        lambda m: projected(m)[0]["secret"]["items"][0].update(key="url"),
        "Deployment dispatcher: nothing makes key url of secret dispatcher-db-app",
    ),
    "somebody else's database": (
        "Cluster",
        "dispatcher-db",
        lambda m: m["metadata"].update(name="dispatch-db"),
        "Job dispatcher-migrate-0-1-0: nothing makes key uri of secret dispatcher-db-app",
    ),
    "a user that is not declared": (
        "KafkaUser",
        "tocsin-escalation",
        lambda m: m["metadata"].update(name="escalation"),
        "Deployment escalation: nothing makes key password of secret tocsin-escalation",
    ),
    "a variable from no secret": (
        "Deployment",
        "dispatcher",
        lambda m: container(m)["env"][-1]["valueFrom"]["secretKeyRef"].update(key="slack"),
        "Deployment dispatcher: nothing makes key slack of secret dispatcher-secrets",
    ),
    "a mount of no volume": (
        "Deployment",
        "escalation",
        lambda m: container(m)["volumeMounts"][0].update(name="scratch"),
        "Deployment escalation mounts scratch, which is no volume of its pod",
    ),
    "a volume that nobody mounts": (
        "Deployment",
        "escalation",
        lambda m: container(m)["volumeMounts"].pop(0),
        "Deployment escalation: volume tmp is mounted nowhere",
    ),
    "a file that is put elsewhere": (
        "Deployment",
        "escalation",
        lambda m: projected(m)[0]["secret"]["items"][0].update(path="uri"),
        "Deployment escalation: DATABASE_URL_FILE names /run/secrets/tocsin/database-url, "
        "which no volume puts there",
    ),
}


@pytest.mark.parametrize(("kind", "name", "change", "says"), NOTICED.values(), ids=NOTICED)
def test_noticed(kind: str, name: str, change: Mutation, says: str) -> None:
    assert says in problems(mutated(kind, name, change))
