"""A question about an incident that is part of another one."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration

Story = Any


async def test_it_enters_the_conversation_of_the_one_that_speaks_for_both(story: Story) -> None:
    body = {"title": "Mail EU is slow", "severity": "sev2", "system_keys": ["mail-eu"]}
    part = (await story.api.post("/v1/incidents", body, key="operate")).json()
    assert part["parent_id"] == story.id

    await story.hears(story.reply(incident_id=part["id"]))

    [asked] = await story.told("question_asked")
    assert asked["incident"]["id"] == story.id
    assert asked["answer_due"] is not None
