"""The monitoring tool of the run: it sends each alert until somebody answers 202."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import aiohttp

CALLERS = 4
PATIENCE_SECONDS = 180.0
SEVERITIES = {"sev1": "critical", "sev2": "error", "sev3": "warning"}


def incidents(count: int, systems: list[str]) -> list[dict[str, Any]]:
    """Every system at every severity in turn; each third is resolved later."""
    return [
        {
            "name": f"torture-{number:04}",
            "system": systems[number % len(systems)],
            "severity": list(SEVERITIES)[number % len(SEVERITIES)],
            "resolved": number // len(SEVERITIES) % 3 == 0,
        }
        for number in range(count)
    ]


class Poster:
    """``ids`` holds the incident id that each name was answered with."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._starts: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.posted = 0

    async def fire(self, batch: Iterable[dict[str, Any]]) -> None:
        await self._post_all([(incident, "firing") for incident in batch])

    async def resolve(self, batch: Iterable[dict[str, Any]]) -> None:
        await self._post_all([(incident, "resolved") for incident in batch])

    async def _post_all(self, work: list[tuple[dict[str, Any], str]]) -> None:
        waiting = iter(work)
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(headers=self._headers, timeout=timeout) as session:

            async def caller() -> None:
                for incident, status in waiting:
                    await self._post(session, incident, status)

            await asyncio.gather(*(caller() for _ in range(CALLERS)))

    async def _post(
        self, session: aiohttp.ClientSession, incident: dict[str, Any], status: str
    ) -> None:
        start = self._starts.setdefault(incident["name"], datetime.now(UTC).isoformat())
        body = payload(incident, status, start)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (result := await self._answer(session, body)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        self.ids[incident["name"]] = result["incident_id"]
        self.posted += 1

    async def _answer(
        self, session: aiohttp.ClientSession, body: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The alert's result, or ``None`` where a tool would try again."""
        try:
            async with session.post(self._url, json=body) as answer:
                if answer.status >= 500:
                    return None
                assert answer.status == 202, await answer.text()
                return dict((await answer.json())["results"][0])
        except (aiohttp.ClientError, TimeoutError):
            return None


def payload(incident: dict[str, Any], status: str, start: str) -> dict[str, Any]:
    """One Alertmanager group (webhook version 4) with one alert."""
    name = incident["name"]
    labels = {
        "alertname": name,
        "system": incident["system"],
        "severity": SEVERITIES[incident["severity"]],
    }
    never = "0001-01-01T00:00:00Z"
    alert = {
        "status": status,
        "labels": labels,
        "annotations": {"summary": name},
        "startsAt": start,
        "endsAt": never if status == "firing" else datetime.now(UTC).isoformat(),
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": name,
    }
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}"}}',
        "truncatedAlerts": 0,
        "status": status,
        "receiver": "tocsin",
        "groupLabels": {"alertname": name},
        "commonLabels": labels,
        "commonAnnotations": alert["annotations"],
        "externalURL": "http://alertmanager.example",
        "alerts": [alert],
    }
