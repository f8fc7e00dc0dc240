"""One stack of three real processes for all tests here; each test has a provider of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from devstack.stack_process import StackProcess, running_stack
from tests.e2e.world import World


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[StackProcess]:
    """Its folder, logs included, stays where a test failed."""
    with running_stack(keep=True) as running:
        yield running
    if request.session.testsfailed:
        sys.stderr.write(f"\nThe services' logs are in {running.layout.logs}.\n")
    else:
        shutil.rmtree(running.layout.folder)


@pytest.fixture
def world(stack: StackProcess) -> World:
    return World(lambda: stack.document)
