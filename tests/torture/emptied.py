"""A dispatcher whose database was lost, before topics that still hold everything."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import psutil
from aiokafka.errors import KafkaError

from devstack.stack_process import StackProcess
from tests.torture.faults import until
from tests.torture.group import lag, rewind
from tests.torture.member import SecondMember

LETS_GO_WITHIN = 60
READS_WITHIN = 180


@asynccontextmanager
async def alone(stack: StackProcess) -> AsyncIterator[None]:
    """Hold the stack's own dispatcher still meanwhile; it starts afresh afterwards."""
    own = stack.pid("dispatcher")
    os.kill(own, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(own, signal.SIGKILL)


def own_is_running(stack: StackProcess) -> bool:
    """After :func:`alone` its successor takes a moment."""
    try:
        return psutil.Process(stack.pid("dispatcher")).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def empty(stack: StackProcess) -> None:
    """A new database without a row, and groups that have read nothing."""
    parts = urlsplit(stack.document["postgres"]["dispatcher"])
    host = parts.netloc.rpartition("@")[2]
    server = await asyncpg.connect(parts._replace(netloc=f"postgres@{host}", path="/").geturl())
    try:
        await server.execute('DROP DATABASE "dispatcher" WITH (FORCE)')
        await server.execute('CREATE DATABASE "dispatcher" OWNER "dispatcher"')
    finally:
        await server.close()
    await _rewind(stack.document["kafka"])


async def _rewind(bootstrap: str) -> None:
    """Members that stand still are forgotten by the broker after their session timeout."""
    for _ in range(LETS_GO_WITHIN):
        try:
            await rewind(bootstrap)
        except KafkaError:
            await asyncio.sleep(1)
        else:
            return
    raise AssertionError("the dispatchers' groups still have members")


async def read_everything(stack: StackProcess, member: SecondMember) -> None:
    """Let ``member`` read the topics to their end, and a little longer."""
    member.start()
    try:
        await until(member.child.ready, "the emptied dispatcher came up")
        for _ in range(READS_WITHIN):
            if await lag(stack.document["kafka"]) == 0:
                break
            await asyncio.sleep(1)
        else:
            raise AssertionError("the emptied dispatcher did not read the topics to their end")
        await asyncio.sleep(5)
    finally:
        await asyncio.to_thread(member.stop)


def run_command(member: SecondMember, command: str) -> None:
    """``migrate`` or ``rebuild``, with the member's own settings."""
    done = subprocess.run(
        [*member.child.command, command],
        env=dict(member.child.environment),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
