"""What pods take from elsewhere: ConfigMaps, Secrets, volumes, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from deploy.k8s.checks.manifests import Manifest, Manifests, Workload

SecretKeys = Mapping[str, frozenset[str]]
"""Keys by name, of the secrets that are not among the manifests."""

CNPG_KEYS = frozenset(
    {"dbname", "fqdn-uri", "host", "jdbc-uri", "password", "pgpass", "port", "uri", "username"}
)
"""What CloudNativePG puts into the ``-app`` secret of a cluster."""

SCRAM_KEYS = frozenset({"password", "sasl.jaas.config"})
"""What Strimzi puts into the secret of a ``scram-sha-512`` user."""

CA_KEYS = frozenset({"ca.crt", "ca.p12", "ca.password"})
"""What Strimzi puts into ``<cluster>-cluster-ca-cert``."""


def operators_secrets(manifests: Manifests) -> dict[str, frozenset[str]]:
    """The secrets that the operators make for the custom resources in these manifests."""
    clusters = {f"{_name(one)}-app": CNPG_KEYS for one in manifests.kind("Cluster")}
    users = {_name(one): SCRAM_KEYS for one in manifests.kind("KafkaUser")}
    authorities = {f"{_name(one)}-cluster-ca-cert": CA_KEYS for one in manifests.kind("Kafka")}
    return {**clusters, **users, **authorities}


def problems(manifests: Manifests, secrets: SecretKeys) -> list[str]:
    known = {**operators_secrets(manifests), **secrets}
    return [
        problem
        for workload in manifests.workloads()
        for problem in (
            *_config_maps(workload, manifests),
            *_secret_variables(workload, known),
            *_volumes(workload, known),
            *_files(workload, manifests),
        )
    ]


def _name(manifest: Manifest) -> str:
    return str(manifest["metadata"]["name"])


def _config_maps(workload: Workload, manifests: Manifests) -> Iterator[str]:
    for container in workload.containers:
        for source in container.get("envFrom", []):
            name = source["configMapRef"]["name"]
            if manifests.find("ConfigMap", name) is None:
                yield f"{workload.name}: there is no ConfigMap {name}"


def _secret_variables(workload: Workload, known: SecretKeys) -> Iterator[str]:
    for container in workload.containers:
        for variable in container.get("env", []):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                yield from _key(workload, known, reference["name"], reference["key"])


def _volumes(workload: Workload, known: SecretKeys) -> Iterator[str]:
    declared = {volume["name"]: volume for volume in workload.pod.get("volumes", [])}
    mounted = {
        mount["name"]
        for container in workload.containers
        for mount in container.get("volumeMounts", [])
    }
    for name in sorted(mounted - declared.keys()):
        yield f"{workload.name} mounts {name}, which is no volume of its pod"
    for name in sorted(declared.keys() - mounted):
        yield f"{workload.name}: volume {name} is mounted nowhere"
    for volume in declared.values():
        for secret, item in _items(volume):
            yield from _key(workload, known, secret, item["key"])


def _items(volume: Manifest) -> Iterator[tuple[str, Manifest]]:
    """Secret and item, of a volume made of secrets."""
    plain = volume.get("secret", {})
    for item in plain.get("items", []):
        yield plain["secretName"], item
    for source in volume.get("projected", {}).get("sources", []):
        for item in source["secret"]["items"]:
            yield source["secret"]["name"], item


def _key(workload: Workload, known: SecretKeys, secret: str, key: str) -> Iterator[str]:
    if key not in known.get(secret, frozenset()):
        yield f"{workload.name}: nothing makes key {key} of secret {secret}"


def _files(workload: Workload, manifests: Manifests) -> Iterator[str]:
    """Every variable that names a file names one that a volume puts there."""
    for container in workload.containers:
        present = _paths(workload, container)
        for name, value in environment(container, manifests).items():
            missing = name.endswith("_FILE") and PurePosixPath(value) not in present
            if missing and not _unused(name, workload):
                yield f"{workload.name}: {name} names {value}, which no volume puts there"


def _unused(name: str, workload: Workload) -> bool:
    """A migration shares the services' settings and never speaks to the brokers."""
    return workload.manifest["kind"] == "Job" and name == "KAFKA_CA_FILE"


def _paths(workload: Workload, container: Manifest) -> set[PurePosixPath]:
    declared = {volume["name"]: volume for volume in workload.pod.get("volumes", [])}
    return {
        PurePosixPath(mount["mountPath"]) / item["path"]
        for mount in container.get("volumeMounts", [])
        for _, item in _items(declared.get(mount["name"], {}))
    }


def environment(container: Manifest, manifests: Manifests) -> dict[str, str]:
    """Every variable of a container with its plain value; a secret's value is empty."""
    variables: dict[str, str] = {}
    for source in container.get("envFrom", []):
        config = manifests.find("ConfigMap", source["configMapRef"]["name"])
        variables.update(config["data"] if config else {})
    for variable in container.get("env", []):
        variables[variable["name"]] = variable.get("value", "")
    return variables
