"""A caller reads what to write, not how we check it."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.directory.document import Document
from incident_api.incidents.bodies import NewIncident
from incident_api.web.sentences import causes, sentence
from pydantic import BaseModel, ValidationError

KEY = (
    "This must be a key: lower-case letters, digits, dot, dash or underscore, at most 63,"
    " beginning with a letter or digit."
)


def said(model: type[BaseModel], body: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(body)
    return [sentence(error) for error in causes(refused.value.errors(include_url=False))]


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("system_keys", "mail-eu", "This must be a list."),
        ("system_keys", ["Mail EU"], KEY),
        ("title", "", "This must not be empty."),
        ("title", 7, "This must be text."),
        ("title", "x" * 301, "This must have at most 300 characters."),
        ("severity", "bad", "This must be 'sev1', 'sev2', 'sev3', 'sev4' or 'sev5'."),
        ("started_at", "soon", "This must be a time such as 2026-11-24T09:52:00+01:00."),
        ("drill", "perhaps", "This must be true or false."),
        ("hold_seconds", -1, "This must be 0 or more."),
        ("hold_seconds", "long", "This must be a number."),
    ],
)
def test_each_wrong_value_is_told_in_plain_words(field: str, value: Any, says: str) -> None:
    sound = {"title": "Mail is down", "severity": "sev1"}
    assert said(NewIncident, {**sound, field: value}) == [says]


def test_so_are_those_of_a_directory() -> None:
    steps = {"key": "critical", "steps": []}
    assert said(Document, {"escalation_policies": [steps]}) == ["This must not be empty."]
    assert said(Document, {"systems": ["mail"]}) == ["This must be an object with fields."]


def test_a_list_is_not_called_empty_for_what_is_wrong_in_it() -> None:
    step = {"trigger": {"unresolved": True}, "notify": ["deputy"], "channels": ["email"]}
    policy = {"key": "critical", "steps": [{**step, "after_minutes": -1}]}
    assert said(Document, {"escalation_policies": [policy]}) == ["This must be 0 or more."]
