"""A template is tried before it is put in force: what is wrong is said, and nothing hangs."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dispatcher.preview.template_checks import TOO_SLOW, TemplateChecks
from dispatcher.preview.template_routes import template_routes
from dispatcher.preview.template_rules import faults_of
from dispatcher.rendering.own_words import BLOCKS
from dispatcher.rendering.samples import samples
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette
from tocsin_contracts.directory import Template, TemplateVariant
from tocsin_contracts.words import Kind

CLIENT_KINDS = [kind for kind in Kind if not kind.for_staff]


def variant(text: str, **fields: Any) -> TemplateVariant:
    return TemplateVariant.model_validate(
        {"channel": "email", "locale": "en", "text": text, **fields}
    )


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_every_kind_has_examples_to_try_words_on(kind: Kind) -> None:
    for notice in samples(kind):
        assert notice.kind is kind
    assert faults_of(variant("For {{ client }} by {{ provider }}."), kind) == []


@pytest.mark.parametrize(
    ("words", "pointer", "says"),
    [
        (variant("{{ sytem }} is down."), "/text", "'sytem' is undefined"),
        (variant("Back by {{ eta.short }}."), "/text", "ask with “if” first"),
        (variant("{% if eta %}Back by {{ eta }}"), "/text", "Line 1"),
        (variant("{{ eta }}"), None, ""),
        (variant(""), "/text", "says nothing"),
        (variant("x", html="{{ oops }}"), "/html", "'oops' is undefined"),
        (variant("x", subject="{{ oops }}"), "/subject", "'oops' is undefined"),
        (variant("x", block="keys", channel="voice"), "/block", "voice, voice_opening"),
        (variant("x", block="foot"), "/block", "body, fact"),
        (variant("x", locale="German"), "/locale", "de-CH"),
        (variant("x", channel="sms", html="<p>"), "/html", "Only email has html."),
        (variant("{% for a in range(1000000000) %}x{% endfor %}"), "/text", "can be called"),
        (variant("{{ ''.__class__ }}"), "/text", "not for templates"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    words: TemplateVariant, pointer: str | None, says: str
) -> None:
    faults = faults_of(words, Kind.INITIAL)

    assert [fault.pointer for fault in faults] == ([pointer] if pointer else [])
    assert all(says in fault.detail for fault in faults)
    assert all(fault.detail.endswith(".") for fault in faults)


def test_staffs_messages_have_no_words_of_a_client() -> None:
    assert "go to staff" in faults_of(variant("x"), Kind.ESCALATION)[0].detail


def test_every_block_that_may_be_replaced_can_be() -> None:
    for channel, blocks in BLOCKS.items():
        for block in blocks:
            words = variant("Words of {{ provider }}.", channel=channel, block=block)
            assert faults_of(words, Kind.UPDATE) == []


@pytest.fixture
async def checks() -> AsyncIterator[TemplateChecks]:
    made = TemplateChecks()
    yield made
    await made.close()


async def test_a_process_of_its_own_tries_them(checks: TemplateChecks) -> None:
    assert await checks.faults(variant("{{ system }} is down."), Kind.INITIAL) == []
    first = checks._process
    assert [f.pointer for f in await checks.faults(variant("{{ x }}"), Kind.INITIAL)] == ["/text"]

    assert checks._process is first


ENDLESS = """
import sys
print(flush=True)
for line in sys.stdin:
    while "endless" in line: pass
    print('{"faults": []}', flush=True)
"""


async def test_one_that_does_not_end_is_refused_and_the_next_is_tried() -> None:
    checks = TemplateChecks((sys.executable, "-c", ENDLESS))

    assert await checks.faults(variant("endless"), Kind.INITIAL) == [TOO_SLOW]
    assert await checks.faults(variant("fine"), Kind.INITIAL) == []
    await checks.close()


async def test_one_that_kills_its_process_is_refused_and_the_next_is_tried() -> None:
    dying = ENDLESS.replace("pass", "sys.exit(1)")
    checks = TemplateChecks((sys.executable, "-c", dying))

    assert await checks.faults(variant("endless"), Kind.INITIAL) == [TOO_SLOW]
    assert await checks.faults(variant("fine"), Kind.INITIAL) == []
    await checks.close()


@pytest.fixture
async def api(checks: TemplateChecks) -> AsyncIterator[AsyncClient]:
    app = Starlette(routes=template_routes(checks))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://dispatcher") as client:
        yield client


async def test_over_http_each_fault_names_its_template_and_variant(api: AsyncClient) -> None:
    template = Template(key="acme", variants=(variant("fine"), variant("{{ oops }}")))
    uses = [{"template": template.model_dump(mode="json"), "kind": "initial"}]

    answer = await api.post("/v1/templates/check", json={"uses": uses})

    assert answer.status_code == 200
    assert answer.json() == {
        "faults": [
            {
                "template": "acme",
                "kind": "initial",
                "pointer": "/variants/1/text",
                "detail": "It names something that is not there: 'oops' is undefined.",
            }
        ]
    }


async def test_a_template_of_a_megabyte_is_refused_unread(api: AsyncClient) -> None:
    template = Template(key="acme", variants=(variant("x" * 40_000), variant("y" * 40_000)))
    uses = [{"template": template.model_dump(mode="json"), "kind": "initial"}]

    answer = await api.post("/v1/templates/check", json={"uses": uses})

    assert answer.json()["faults"][0]["pointer"] == "/variants"


async def test_nonsense_is_answered_with_a_problem(api: AsyncClient) -> None:
    answer = await api.post("/v1/templates/check", content=b"{")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
