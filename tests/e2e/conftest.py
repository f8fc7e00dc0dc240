"""One stack of three real processes for all tests here; each test has a provider of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devstack.stack_process import StackProcess, running_stack
from tests.e2e.world import World


@pytest.fixture(scope="session")
def stack() -> Iterator[StackProcess]:
    with running_stack() as running:
        yield running


@pytest.fixture
def world(stack: StackProcess) -> World:
    return World(lambda: stack.document)
