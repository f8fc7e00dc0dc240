"""The two calls a benchmark makes before and while it measures."""

from __future__ import annotations

from typing import Any

import aiohttp

from devstack.stack_process import StackProcess


def ingest_url(stack: StackProcess) -> str:
    return f"{stack.document['api_url']}/v1/ingest/alertmanager"


def bearer(stack: StackProcess, scope: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {stack.document['keys'][scope]}"}


async def apply(stack: StackProcess, document: dict[str, Any]) -> None:
    url = f"{stack.document['api_url']}/v1/directory?allow_removals=true"
    async with (
        aiohttp.ClientSession(headers=bearer(stack, "admin")) as session,
        session.put(url, json=document) as answer,
    ):
        if answer.status != 200:
            raise RuntimeError(f"The directory was refused: {await answer.text()}")


async def put_fault(stack: StackProcess, channel: str, fault: dict[str, Any]) -> dict[str, Any]:
    """Put a fault up or take it down; answers what the sandbox says of it."""
    url = f"{stack.document['sandbox_url']}/faults/{channel}"
    async with aiohttp.ClientSession() as session, session.put(url, json=fault) as answer:
        answer.raise_for_status()
        return dict(await answer.json())
