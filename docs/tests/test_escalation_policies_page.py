"""What the page shows of the language of policies is accepted as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from incident_api.directory.document import Document
from incident_api.directory.merging import merged
from incident_api.directory.parsing import read_yaml
from incident_api.directory.references import faults
from incident_api.directory.request_body import validated
from incident_api.directory.trigger_entries import TriggerEntry

PAGE = (Path(__file__).resolve().parents[1] / "escalation-policies.md").read_text()
DOCUMENTS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(r"^\| `(\w+)` \|.*\| `(\{.*\})` \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_each_document_would_be_applied(text: str) -> None:
    wanted = merged(validated(read_yaml(text.encode()), Document), {})
    assert faults(wanted.entries, wanted.where_is) == []


@pytest.mark.parametrize(("name", "example"), ROWS)
def test_each_trigger_has_an_example_of_its_own(name: str, example: str) -> None:
    assert validated(read_yaml(example.encode()), TriggerEntry).name == name


def test_every_trigger_is_on_the_page() -> None:
    assert [name for name, _ in ROWS] == list(TriggerEntry.model_fields)
