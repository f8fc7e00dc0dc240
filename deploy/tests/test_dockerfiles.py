"""The images: linted, built of what exists, holding one service and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("incident-api", "dispatcher", "escalation")
HADOLINT = Path(sys.executable).with_name("hadolint")


def dockerfile(service: str) -> str:
    return (ROOT / "services" / service / "Dockerfile").read_text()


def lint(text: str) -> str:
    answer = subprocess.run(
        [HADOLINT, "-"], input=text, capture_output=True, text=True, check=False
    )
    return answer.stdout


def copied(text: str) -> list[str]:
    """What is taken from the repository, not from another stage."""
    return [match[1] for match in re.finditer(r"^COPY (?!--from)(\S+) ", text, re.MULTILINE)]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path from the engine: everything but what it excepts."""
    excepted = [
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"
    ]
    return not any(re.fullmatch(one.replace("*", "[^/]+"), path) for one in excepted)


@pytest.mark.parametrize("service", SERVICES)
def test_hadolint_finds_nothing(service: str) -> None:
    assert lint(dockerfile(service)) == ""


def test_hadolint_would_find_something() -> None:
    assert "DL3006" in lint(dockerfile("dispatcher").replace("python:3.13-slim", "python"))


@pytest.mark.parametrize("service", SERVICES)
def test_it_copies_what_is_there_and_sent_and_no_other_service(service: str) -> None:
    for path in copied(dockerfile(service)):
        assert (ROOT / path).exists(), path
        assert not ignored(path), path
        assert path.startswith(("libs/", f"services/{service}/")), path


@pytest.mark.parametrize("service", SERVICES)
def test_it_runs_the_service_as_somebody_without_rights(service: str) -> None:
    text = dockerfile(service)
    package = service.replace("-", "_")
    assert f'ENTRYPOINT ["python", "-m", "{package}"]' in text
    assert (ROOT / "services" / service / "src" / package / "__main__.py").is_file()
    assert text.index("USER 10001:10001") < text.index("ENTRYPOINT")
    assert f"/app/services/{service}/src" in text


@pytest.mark.parametrize("service", SERVICES)
def test_it_installs_exactly_what_was_locked(service: str) -> None:
    text = dockerfile(service)
    assert f"COPY services/{service}/requirements.lock /requirements.lock" in text
    assert "--require-hashes" in text
    assert re.findall(r"pip install", text) == ["pip install"]
