"""What the README tells a newcomer to send is accepted, and does what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from incident_api.testing import running_api

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"(?:`|^)make ([a-z]+)", re.MULTILINE)
README = (ROOT / "README.md").read_text()


def first_alert() -> dict[str, str]:
    [body] = re.findall(r"-d '(\{.*\})'", README)
    sent: dict[str, str] = json.loads(body)
    return sent


@pytest.mark.integration
async def test_the_sample_provider_is_applied_and_the_first_alert_reaches_its_client(
    fresh_database: Callable[[str], str],
) -> None:
    async with running_api(fresh_database("incident-api")) as api:
        applied = await api.client.put(
            "/v1/directory",
            content=(ROOT / "docs" / "sample-provider.yaml").read_bytes(),
            headers={
                "Authorization": f"Bearer {api.keys['admin']}",
                "Content-Type": "application/yaml",
            },
        )
        assert applied.status_code == 200, applied.text
        taken = await api.post("/v1/ingest/generic", first_alert(), key="ingest")
        assert taken.status_code == 202, taken.text
        [result] = taken.json()["results"]
        assert (result["outcome"], result["routed"]) == ("opened", True)
        incident = await api.get(f"/v1/incidents/{result['incident_id']}")
        [client] = incident.json()["audience"]["clients"]
        assert client["client_key"] == "acme"


def test_every_make_target_that_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in pages for name in COMMAND.findall(page.read_text())}
    assert {"demo", "run", "test"} <= named
    assert named - targets == set()
