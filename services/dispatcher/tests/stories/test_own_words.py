"""A client with words of its own: the provider's template speaks in place of ours."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.directory import Template, TemplateVariant
from tocsin_contracts.words import Kind

from services.dispatcher.tests.facts import (
    acme,
    addresses,
    gold,
    mail_eu,
    opened,
    provider,
    team,
    updated,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


def words(text: str, key: str = "acme-words") -> e.TemplateChanged:
    variant = TemplateVariant(channel="email", locale="en", text=text)
    return e.TemplateChanged(revision=0, key=key, document=Template(key=key, variants=(variant,)))


def with_wording(plan: e.PlanChanged, **wording: str) -> e.PlanChanged:
    assert plan.document is not None
    named = {Kind(kind): key for kind, key in wording.items()}
    return plan.model_copy(update={"document": plan.document.model_copy(update={"wording": named})})


async def knows(world: World, template: e.TemplateChanged, **wording: str) -> None:
    plan = with_wording(gold(), **wording)
    await world.knows(provider(), mail_eu(), plan, template, team(), acme(), people=addresses())


async def test_the_first_notice_is_in_the_clients_own_words_and_the_next_in_ours(
    world: World,
) -> None:
    await knows(world, words("Postfach: {{ system }} seit {{ started }}."), initial="acme-words")

    await world.hears(opened(world.snapshot()))
    await world.deliver()
    await world.hears(updated(world.snapshot()))
    await world.deliver()

    first, second = (sent for sent in world.mails if sent.address == "jo@acme.example")
    assert "Postfach: Mail EU seit 09:52 CET." in first.message.text
    assert "Postfach" not in second.message.text


async def test_what_was_planned_is_said_though_the_template_changed_meanwhile(
    world: World,
) -> None:
    await knows(world, words("As it was approved."), initial="acme-words")
    await world.hears(opened(world.snapshot()))

    await world.knows(words("Something else."))
    await world.deliver()

    assert "As it was approved." in world.mails[0].message.text


async def test_a_template_that_is_gone_leaves_our_words(world: World) -> None:
    await knows(world, words("Own."), initial="acme-words")
    await world.knows(e.TemplateChanged(revision=0, key="acme-words", document=None))

    await world.hears(opened(world.snapshot()))
    await world.deliver()

    assert "Own." not in world.mails[0].message.text
    assert "Mail EU" in world.mails[0].message.text
