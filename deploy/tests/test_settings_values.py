"""Every service starts with the values that the manifests and docker-compose.yml give it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest
import yaml
from tocsin_contracts.registry import SERVICES
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.settings_table import settings_class

from deploy.k8s.checks.references import environment
from deploy.k8s.tests.overlay import OVERLAYS, rendered
from deploy.keys import fresh

COMPOSE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
SECRETS = {**fresh(), "database-url": "postgresql://tocsin@postgres/tocsin"}
Variables = Mapping[str, object]


def given() -> Iterator[tuple[str, str, Variables]]:
    """Place, service, and the variables it gets there."""
    composed = yaml.safe_load(COMPOSE.read_text())["services"]
    for service in SERVICES:
        yield "compose", service, composed[service]["environment"]
    for overlay in OVERLAYS:
        manifests = rendered(overlay)
        for workload in manifests.workloads():
            if workload.service in SERVICES:
                for container in workload.containers:
                    yield overlay, workload.service, environment(container, manifests)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any setting of its own."""
    for service in SERVICES:
        for name in settings_class(service).model_fields:
            monkeypatch.delenv(name.upper(), raising=False)
            monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)
    return monkeypatch


def settings(service: str, variables: Variables, patch: pytest.MonkeyPatch) -> RuntimeSettings:
    kind = settings_class(service)
    for name, value in variables.items():
        mounted = name.endswith("_FILE") and name.lower() not in kind.model_fields
        if mounted:
            secret = PurePosixPath(str(value)).name
            patch.setenv(name.removesuffix("_FILE"), SECRETS.get(secret, "secret"))
        elif value not in (None, ""):
            patch.setenv(name, str(value))
    return kind()


@pytest.mark.parametrize(("place", "service", "variables"), list(given()))
def test_a_service_starts_with_its_values(
    place: str, service: str, variables: Variables, started: pytest.MonkeyPatch
) -> None:
    made = settings(service, variables, started)

    assert made.database_url.get_secret_value().startswith("postgresql://"), place


def test_a_value_that_does_not_fit_is_noticed(started: pytest.MonkeyPatch) -> None:
    wrong = {"DATABASE_URL": "postgresql://x", "MAIL_FROM": "Tocsin <tocsin@nordlicht.example>"}

    with pytest.raises(ValueError, match="give the address alone"):
        settings("dispatcher", wrong, started)
