"""Selectors, ports and routes fit, and each way in which they can fail to is noticed."""

from __future__ import annotations

import pytest

from deploy.k8s.checks import selection
from deploy.k8s.tests.overlay import OVERLAYS, Manifest, Mutation, container, mutated, rendered


def paths(ingress: Manifest) -> list[Manifest]:
    found: list[Manifest] = ingress["spec"]["rules"][0]["http"]["paths"]
    return found


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_everything_fits(overlay: str) -> None:
    assert selection.problems(rendered(overlay)) == []


NOTICED: dict[str, tuple[str, str, Mutation, str]] = {
    "a selector that misses its own pods": (
        "Deployment",
        "dispatcher",
        lambda m: m["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/name": "x"}),
        "Deployment dispatcher does not select its own pods",
    ),
    "a service of nobody": (
        "Service",
        "dispatcher",
        lambda m: m["spec"]["selector"].update({"app.kubernetes.io/name": "x"}),
        "Service dispatcher selects nothing, not one Deployment",
    ),
    "a service that also sends to the migration": (
        "Service",
        "dispatcher",
        lambda m: m["spec"]["selector"].pop("app.kubernetes.io/component"),
        "Service dispatcher selects Deployment dispatcher, Job dispatcher-migrate-0-1-0, "
        "not one Deployment",
    ),
    "a port that the pod lacks": (
        "Service",
        "dispatcher",
        lambda m: m["spec"]["ports"][0].update(targetPort="web"),
        "Service dispatcher: Deployment dispatcher has no port 'web'",
    ),
    "a budget of nobody": (
        "PodDisruptionBudget",
        "escalation",
        lambda m: m["spec"]["selector"]["matchLabels"].update({"app.kubernetes.io/name": "x"}),
        "PodDisruptionBudget escalation does not select one Deployment",
    ),
    "a budget that forbids draining": (
        "PodDisruptionBudget",
        "escalation",
        lambda m: m["spec"].update(minAvailable=m["spec"].pop("maxUnavailable")),
        "PodDisruptionBudget escalation can keep a node from being drained",
    ),
    "an autoscaler of nobody": (
        "HorizontalPodAutoscaler",
        "incident-api",
        lambda m: m["spec"]["scaleTargetRef"].update(name="incidents"),
        "HorizontalPodAutoscaler scales incidents, which does not exist",
    ),
    "replicas beside an autoscaler": (
        "Deployment",
        "incident-api",
        lambda m: m["spec"].update(replicas=2),
        "Deployment incident-api sets replicas, which its autoscaler owns",
    ),
    "a policy that covers nothing": (
        "NetworkPolicy",
        "escalation",
        lambda m: m["spec"]["podSelector"]["matchLabels"].update({"app.kubernetes.io/name": "x"}),
        "Deployment escalation: no NetworkPolicy limits both what comes in and goes out",
    ),
    "a policy that lets everything out": (
        "NetworkPolicy",
        "dispatcher",
        lambda m: m["spec"].update(policyTypes=["Ingress"]),
        "Job dispatcher-migrate-0-1-0: no NetworkPolicy limits both what comes in and goes out",
    ),
    "a host without TLS": (
        "Ingress",
        "tocsin",
        lambda m: m["spec"]["tls"][0].update(hosts=["tocsin.nordlicht.example"]),
        "Ingress: nl.example has no TLS",
    ),
    "a route to nowhere": (
        "Ingress",
        "tocsin",
        lambda m: paths(m)[0]["backend"]["service"]["port"].update(name="web"),
        "Ingress: tocsin.nordlicht.example/callbacks leads to dispatcher:web, not there",
    ),
    "a route that was forgotten": (
        "Ingress",
        "tocsin",
        lambda m: paths(m).pop(1),
        "Ingress: tocsin.nordlicht.example/unsubscribe leads to None, not dispatcher",
    ),
    "metrics for everybody": (
        "Ingress",
        "tocsin",
        lambda m: paths(m)[3]["backend"]["service"].update(name="incident-api"),
        "Ingress: tocsin.nordlicht.example/metrics leads to incident-api, not not-public",
    ),
    "a probe of no port": (
        "Deployment",
        "escalation",
        lambda m: container(m)["livenessProbe"]["httpGet"].update(port="web"),
        "Deployment escalation: livenessProbe asks port 'web'",
    ),
    "no readiness": (
        "Deployment",
        "escalation",
        lambda m: container(m).pop("readinessProbe"),
        "Deployment escalation: readinessProbe does not ask /readyz",
    ),
}


@pytest.mark.parametrize(("kind", "name", "change", "says"), NOTICED.values(), ids=NOTICED)
def test_noticed(kind: str, name: str, change: Mutation, says: str) -> None:
    assert says in selection.problems(mutated(kind, name, change))
