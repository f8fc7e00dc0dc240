"""docker-compose.yml: its structure, and that it fits the code; no engine is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy.keys import fresh, write

Node = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: Node = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Node] = COMPOSE["services"]
OURS = ("incident-api", "dispatcher", "escalation")
ONCE = ("keys", "topics", *(f"{service}-migrate" for service in OURS))

TEXT: Node = {"type": "string", "minLength": 1}
TEXTS: Node = {"type": "array", "items": TEXT}
CONDITION = {"enum": ["service_healthy", "service_completed_successfully", "service_started"]}
SERVICE: Node = {
    "type": "object",
    "required": ["image", "restart"],
    "additionalProperties": False,
    "properties": {
        "image": TEXT,
        "build": {
            "type": "object",
            "required": ["context", "dockerfile"],
            "properties": {"context": TEXT, "dockerfile": TEXT},
            "additionalProperties": False,
        },
        "command": TEXTS,
        "entrypoint": TEXTS,
        "user": TEXT,
        "environment": {
            "type": "object",
            "additionalProperties": {"type": ["string", "integer", "null"]},
        },
        "ports": TEXTS,
        "volumes": TEXTS,
        "restart": {"enum": ["no", "unless-stopped"]},
        "stop_grace_period": TEXT,
        "read_only": {"type": "boolean"},
        "tmpfs": TEXTS,
        "cap_drop": TEXTS,
        "security_opt": TEXTS,
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {"condition": CONDITION},
                "additionalProperties": False,
            },
        },
        "healthcheck": {
            "type": "object",
            "properties": {
                "test": TEXTS,
                "disable": {"type": "boolean"},
                "interval": TEXT,
                "timeout": TEXT,
                "retries": {"type": "integer"},
            },
            "additionalProperties": False,
        },
    },
}


def structure(name: str, service: Node) -> list[str]:
    """What is wrong with one service's entry, by the compose specification's words we use."""
    return [
        f"{name}: {error.json_path}: {error.message}"
        for error in Draft202012Validator(SERVICE).iter_errors(service)
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_well_formed(name: str) -> None:
    assert structure(name, SERVICES[name]) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"image": "x", "restart": "no", "enviroment": {}},
        {"image": "x", "restart": False},
        {"image": "x", "restart": "no", "ports": [8080]},
        {"image": "x", "restart": "no", "depends_on": {"kafka": {"condition": "ready"}}},
    ],
    ids=["misspelt", "a bare no", "a number for a port", "an unknown condition"],
)
def test_what_is_malformed_is_noticed(broken: Node) -> None:
    assert structure("broken", broken)


def test_whoever_is_waited_for_exists_and_can_be_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            assert other in SERVICES, name
            if wait["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"], other
            else:
                assert SERVICES[other]["restart"] == "no", other


def test_what_runs_once_is_waited_for_and_has_no_health() -> None:
    waited = {other for service in SERVICES.values() for other in service.get("depends_on", {})}
    for name in ONCE:
        assert name in waited
        assert SERVICES[name]["healthcheck"] == {"disable": True}
        assert SERVICES[name]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_after_its_migration_and_the_topics(name: str) -> None:
    waits = SERVICES[name]["depends_on"]
    done = {"condition": "service_completed_successfully"}
    assert waits[f"{name}-migrate"] == done
    assert waits["topics"] == done
    assert SERVICES[f"{name}-migrate"]["environment"] == SERVICES[name]["environment"]


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_built_from_its_dockerfile_and_hardened(name: str) -> None:
    service = SERVICES[name]
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_ports_are_open_to_this_machine_alone() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    hosts = [port.split(":")[1] for port in published]
    assert len(hosts) == len(set(hosts))


def test_volumes_and_mounted_files_exist() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).is_file(), name
            else:
                assert source in COMPOSE["volumes"], name


def test_each_service_has_its_own_database_and_role() -> None:
    made = (ROOT / "deploy" / "compose" / "databases.sql").read_text()
    for name in OURS:
        role = name.replace("-", "_")
        assert f"CREATE ROLE {role} LOGIN PASSWORD '{role}'" in made
        assert f"CREATE DATABASE {role} OWNER {role}" in made
        url = SERVICES[name]["environment"]["DATABASE_URL"]
        assert url == f"postgresql://{role}:{role}@postgres/{role}"


def test_every_key_that_a_service_reads_from_a_file_is_made() -> None:
    read = {
        value.removeprefix("/keys/")
        for name in OURS
        for variable, value in SERVICES[name]["environment"].items()
        if variable.endswith("_FILE")
    }
    assert read == set(fresh())


def test_keys_are_made_once(tmp_path: Path) -> None:
    assert write(tmp_path) is True
    first = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert write(tmp_path) is False
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == first
