"""Whose own escalation process runs for a client: its own, else its plan's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from incident_api.audience.rules import Concern, concerned_clients
from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView
from tocsin_contracts.directory import Client, CommunicationPlan, System, SystemUse
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import ChainKind, EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.words import Channel, Severity

KNOWN_AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)


def own_process(key: str) -> EscalationPolicy:
    step = PolicyStep(
        trigger=Trigger(unconfirmed=True),
        after_minutes=Decimal(20),
        notify=("cio",),
        channels=(Channel.VOICE,),
    )
    return EscalationPolicy(key=key, chain=ChainKind.CLIENT, steps=(step,))


def concerned(client: str | None, plan: str | None) -> AudienceClient:
    acme = Client(
        key="acme",
        name="ACME",
        timezone="Europe/Berlin",
        systems=(SystemUse(key="mail-eu"),),
        communication_plan="gold",
        confirmation_policy=client,
    )
    gold = defaults.PLAN.model_copy(update={"key": "gold", "confirmation_policy": plan})
    assert isinstance(gold, CommunicationPlan)
    policies = {key: own_process(key) for key in ("acmes", "everybodys")}
    view = DirectoryView(
        revision=9,
        provider=defaults.PROVIDER,
        systems={"mail-eu": System(key="mail-eu", name="Mail EU")},
        clients={"acme": acme},
        teams={},
        plans={"default": defaults.PLAN, "gold": gold},
        policies={"default": defaults.POLICY, **policies},
        revisions={("client", "acme"): 3, ("policy", "acmes"): 7, ("policy", "everybodys"): 8},
    )
    found = concerned_clients(
        view, Concern(Severity.SEV1, ("mail-eu",)), known_at=KNOWN_AT, published=True
    )
    return found[0]


def test_the_clients_own_before_its_plans() -> None:
    assert concerned("acmes", "everybodys").confirmation_policy == "acmes"
    assert concerned(None, "everybodys").confirmation_policy == "everybodys"
    assert concerned(None, None).confirmation_policy is None


def test_the_client_is_told_from_no_older_directory_than_its_process_stands_in() -> None:
    assert concerned("acmes", "everybodys").client_revision == 7
    assert concerned(None, "everybodys").client_revision == 8
    assert concerned(None, None).client_revision == 3
