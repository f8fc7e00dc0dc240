"""That the manifests and the code mean the same: variables, ports, topics, releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin_contracts.registry import ALL_TOPICS
from tocsin_contracts.tooling.registry_rules import MAX_CONSUMER_REPLICAS

from deploy.k8s.checks.manifests import Manifest, Manifests, Workload
from deploy.k8s.checks.references import environment

Fields = Mapping[str, bool]
"""Whether it must be given, by variable name."""


def problems(manifests: Manifests, settings: Mapping[str, Fields]) -> list[str]:
    """``settings`` are each service's fields, by service."""
    return [
        *_variables(manifests, settings),
        *_listening(manifests),
        *_stopping(manifests),
        *_topics(manifests),
        *_replicas(manifests),
        *_release(manifests),
    ]


def _own(manifests: Manifests, settings: Mapping[str, Fields]) -> Iterator[Workload]:
    return (one for one in manifests.workloads() if one.service in settings)


def _variables(manifests: Manifests, settings: Mapping[str, Fields]) -> Iterator[str]:
    for workload in _own(manifests, settings):
        fields = settings[workload.service]
        given = environment(workload.containers[0], manifests)
        for name in sorted(given):
            if _field(name, fields) is None:
                yield f"{workload.name}: {name} is no setting of {workload.service}"
        present = {_field(name, fields) for name in given}
        for name, required in sorted(fields.items()):
            if required and name not in present:
                yield f"{workload.name}: {name} must be given"


def _field(variable: str, fields: Fields) -> str | None:
    """The field that a variable sets, itself or through a file."""
    plain = variable.removesuffix("_FILE")
    return variable if variable in fields else plain if plain in fields else None


def _deployments(manifests: Manifests) -> Iterator[tuple[Workload, dict[str, str]]]:
    for workload in manifests.workloads():
        variables = environment(workload.containers[0], manifests)
        if workload.manifest["kind"] == "Deployment" and "HTTP_PORT" in variables:
            yield workload, variables


def _listening(manifests: Manifests) -> Iterator[str]:
    for workload, variables in _deployments(manifests):
        if int(variables["HTTP_PORT"]) != workload.ports()["http"]:
            yield f"{workload.name} listens on {variables['HTTP_PORT']}, not on its port http"
        if variables.get("HTTP_HOST") != "0.0.0.0":  # noqa: S104
            yield f"{workload.name} cannot be reached from outside its pod"


def _stopping(manifests: Manifests) -> Iterator[str]:
    for workload, variables in _deployments(manifests):
        pause = workload.containers[0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        needed = pause + float(variables["SHUTDOWN_SECONDS"])
        if workload.pod["terminationGracePeriodSeconds"] <= needed:
            yield f"{workload.name} is killed before its {needed:g} s to stop are over"


def _topics(manifests: Manifests) -> Iterator[str]:
    declared = {topic.name: topic.partitions for topic in ALL_TOPICS}
    found = {
        one["metadata"]["name"]: one["spec"]["partitions"] for one in manifests.kind("KafkaTopic")
    }
    for name in sorted(declared.keys() | found.keys()):
        if declared.get(name) != found.get(name):
            said, is_there = declared.get(name), found.get(name)
            yield f"KafkaTopic {name}: the registry says {said} partitions, here {is_there}"


def _replicas(manifests: Manifests) -> Iterator[str]:
    scalers = {
        one["spec"]["scaleTargetRef"]["name"]: one["spec"]["maxReplicas"]
        for one in manifests.kind("HorizontalPodAutoscaler")
    }
    for deployment in manifests.kind("Deployment"):
        name = deployment["metadata"]["name"]
        most = scalers.get(name, deployment["spec"].get("replicas", 1))
        if most > MAX_CONSUMER_REPLICAS:
            yield f"Deployment {name}: {most} replicas are more than its topics' partitions bear"


def _release(manifests: Manifests) -> Iterator[str]:
    """Services and migrations are of one release, and each Job is named after it."""
    tags = {_tag(workload.manifest) for workload in manifests.workloads() if _ours(workload)}
    if len(tags) > 1:
        yield f"images of different releases: {', '.join(sorted(tags))}"
    for job in manifests.kind("Job"):
        suffix = _tag(job).replace(".", "-")
        if f"-migrate-{suffix}" not in job["metadata"]["name"]:
            yield f"Job {job['metadata']['name']} is not named after its release {_tag(job)}"


def _ours(workload: Workload) -> bool:
    return "tocsin/" in workload.containers[0]["image"]


def _tag(manifest: Manifest) -> str:
    image: str = manifest["spec"]["template"]["spec"]["containers"][0]["image"]
    return image.rpartition(":")[2]
