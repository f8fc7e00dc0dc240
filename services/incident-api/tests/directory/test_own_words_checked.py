"""Own words are tried before they are put in force."""

from __future__ import annotations

from typing import Any

import pytest
from incident_api.forwarding.dispatcher import TemplateFault
from incident_api.forwarding.port import NotAnswering
from incident_api.testing import Api
from tocsin_contracts.words import Kind

pytestmark = pytest.mark.integration


def with_words(document: dict[str, Any], text: str = "{{ system }} is down.") -> dict[str, Any]:
    """Gold's first notices are in words of its own."""
    variant = {"channel": "email", "locale": "de", "text": text}
    (plan, *others) = document["communication_plans"]
    return {
        **document,
        "templates": [{"key": "acme-words", "variants": [variant]}],
        "communication_plans": [{**plan, "wording": {"initial": "acme-words"}}, *others],
    }


async def test_they_are_tried_for_the_kinds_that_use_them_and_only_when_new(
    api: Api, directory_document: dict[str, Any]
) -> None:
    document = with_words(directory_document)

    first = await api.put("/v1/directory", document)
    again = await api.put("/v1/directory", document)

    assert (first.status_code, again.status_code) == (200, 200)
    assert [(template.key, kind) for template, kind in api.dispatcher.checked] == [
        ("acme-words", Kind.INITIAL)
    ]


async def test_a_fault_is_refused_with_its_place_in_the_document(
    api: Api, directory_document: dict[str, Any]
) -> None:
    fault = TemplateFault("acme-words", Kind.INITIAL, "/variants/0/text", "It names nothing.")
    api.dispatcher.faults = (fault,)

    answer = await api.put("/v1/directory", with_words(directory_document))

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/templates/0/variants/0/text", "detail": "It names nothing."}
    ]
    assert (await api.get("/v1/templates")).json()["items"] == []


async def test_a_dispatcher_that_is_away_keeps_no_directory_back(
    api: Api, directory_document: dict[str, Any]
) -> None:
    api.dispatcher.raises = NotAnswering("TimeoutError")

    answer = await api.put("/v1/directory", with_words(directory_document))

    assert answer.status_code == 200
    assert any("acme-words could not be tried" in note for note in answer.json()["notes"])
