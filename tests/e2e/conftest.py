"""One stack of three real processes for all tests here; each test has a provider of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from devstack.scratch import scratch_folder
from devstack.stack.layout import STATE
from devstack.stack_process import StackProcess, running_stack
from tests.e2e.world import World


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[StackProcess]:
    """Where a test failed, the services' logs are kept.

    What a killed dispatcher was sending is taken over after three seconds instead of fifteen.
    """
    short = {"LEASE_SECONDS": "3"}
    with scratch_folder() as folder, running_stack(short, keep=True, state=folder) as running:
        yield running
        if request.session.testsfailed:
            kept = shutil.copytree(running.layout.logs, STATE / "failed-e2e", dirs_exist_ok=True)
            sys.stderr.write(f"\nThe services' logs are in {kept}.\n")


PROVIDER = {
    "name": "Nordlicht IT",
    "timezone": "Europe/Berlin",
    "noc_email": "noc@nordlicht.example",
    "linking": {"same_root_within_minutes": 0},
}
"""Of all tests here: each alert speaks for itself, unless a test says otherwise."""


@pytest.fixture(scope="session")
def provider(stack: StackProcess) -> None:
    directory = {"provider": PROVIDER}
    World(lambda: stack.document).call("admin", "PUT", "/v1/directory", json=directory)


@pytest.fixture
def world(stack: StackProcess, provider: None) -> World:
    return World(lambda: stack.document)
