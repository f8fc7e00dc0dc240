"""Manifests and code mean the same, and each way in which they can drift apart is noticed."""

from __future__ import annotations

import pytest
from tocsin_contracts.registry import SERVICES
from tocsin_runtime.settings_table import settings_class

from deploy.k8s.checks import code
from deploy.k8s.checks.manifests import Manifests
from deploy.k8s.tests.overlay import OVERLAYS, Mutation, container, mutated, pod, rendered


def fields(service: str) -> code.Fields:
    """Whether it must be given, by variable."""
    model = settings_class(service).model_fields
    return {name.upper(): info.is_required() for name, info in model.items()}


SETTINGS = {service: fields(service) for service in SERVICES}


def problems(manifests: Manifests) -> list[str]:
    return code.problems(manifests, SETTINGS)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_manifests_and_code_agree(overlay: str) -> None:
    assert problems(rendered(overlay)) == []


NOTICED: dict[str, tuple[str, str, Mutation, str]] = {
    "a variable that no setting reads": (
        "ConfigMap",
        "tocsin-settings",
        lambda m: m["data"].update(KAFKA_BROKERS="x"),
        "Deployment escalation: KAFKA_BROKERS is no setting of escalation",
    ),
    "a setting that must be given": (
        "Deployment",
        "escalation",
        lambda m: container(m)["env"].pop(0),
        "Deployment escalation: DATABASE_URL must be given",
    ),
    "a migration without its database": (
        "Job",
        "escalation-migrate-0-1-0",
        lambda m: container(m)["env"].pop(0),
        "Job escalation-migrate-0-1-0: DATABASE_URL must be given",
    ),
    "another port": (
        "ConfigMap",
        "tocsin-settings",
        lambda m: m["data"].update(HTTP_PORT="8081"),
        "Deployment dispatcher listens on 8081, not on its port http",
    ),
    "this machine alone": (
        "ConfigMap",
        "tocsin-settings",
        lambda m: m["data"].update(HTTP_HOST="127.0.0.1"),
        "Deployment dispatcher cannot be reached from outside its pod",
    ),
    "too little time to stop": (
        "Deployment",
        "dispatcher",
        lambda m: pod(m).update(terminationGracePeriodSeconds=25),
        "Deployment dispatcher is killed before its 25 s to stop are over",
    ),
    "a topic with other partitions": (
        "KafkaTopic",
        "tocsin.incidents",
        lambda m: m["spec"].update(partitions=6),
        "KafkaTopic tocsin.incidents: the registry says 12 partitions, here 6",
    ),
    "a topic that is missing": (
        "KafkaTopic",
        "tocsin.contacts",
        lambda m: m["metadata"].update(name="tocsin.contact"),
        "KafkaTopic tocsin.contacts: the registry says 1 partitions, here None",
    ),
    "more replicas than partitions bear": (
        "HorizontalPodAutoscaler",
        "incident-api",
        lambda m: m["spec"].update(maxReplicas=20),
        "Deployment incident-api: 20 replicas are more than its topics' partitions bear",
    ),
    "one service of another release": (
        "Deployment",
        "escalation",
        lambda m: container(m).update(image="registry.example/tocsin/escalation:0.2.0"),
        "images of different releases: 0.1.0, 0.2.0",
    ),
    "a migration of a fixed name": (
        "Job",
        "dispatcher-migrate-0-1-0",
        lambda m: m["metadata"].update(name="dispatcher-migrate"),
        "Job dispatcher-migrate is not named after its release 0.1.0",
    ),
}


@pytest.mark.parametrize(("kind", "name", "change", "says"), NOTICED.values(), ids=NOTICED)
def test_noticed(kind: str, name: str, change: Mutation, says: str) -> None:
    assert says in problems(mutated(kind, name, change))
