"""The people and things of the running example: Mail EU fails for ACME on 24 November 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dispatcher.channels.message import Thread
from dispatcher.rendering.facts import (
    ClientFacts,
    ClientTold,
    EscalationFacts,
    Named,
    ProviderFacts,
)
from dispatcher.rendering.notice import Notice, Reader
from tocsin_contracts.incident import (
    IncidentSnapshot,
    IncidentUpdate,
)
from tocsin_contracts.words import (
    ImpactLevel,
    Kind,
    Severity,
    Status,
    Visibility,
)


def cet(clock: str, day: int = 24, month: int = 11) -> datetime:
    """A moment of November 2026 in Berlin, where the clock is an hour ahead of UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour - 1, minute, tzinfo=UTC)


PROVIDER = ProviderFacts(
    name="Nordlicht IT",
    timezone="Europe/Berlin",
    desk_phone="+49 30 23125 100",
    portal_url="https://status.nordlicht.example",
)
ACME = ClientFacts(
    key="acme", name="ACME GmbH", called="ACME", timezone="Europe/Berlin", locale="en"
)
ANN = Named(name="Ann Weiss", phone="+49 30 23125 142")
JO = Reader(
    person="jo",
    name="Jo Frei",
    roles=("it_lead",),
    timezone="Europe/Berlin",
    status_link="https://status.nordlicht.example/k7Qw92TaX4mB",
    preferences_link="https://status.nordlicht.example/p/jo",
    review_link="https://status.nordlicht.example/review/r3vT80",
    feedback_link="https://status.nordlicht.example/feedback/f6Dy38",
    destination_link="https://status.nordlicht.example/destination/d4Kx51",
    short_link="https://nl.example/k7Qw92TaX4mB",
)
ANN_READS = Reader(
    person="ann",
    name="Ann Weiss",
    roles=("account_manager",),
    timezone="Europe/Berlin",
    take_link="https://status.nordlicht.example/take/abc.def.ghi",
    console_link="https://console.nordlicht.example/incidents/INC-2041",
    short_link="https://nl.example/e5Rb63HdM8wG",
)
ANN_DECIDES = ANN_READS.model_copy(
    update={"approve_link": "https://status.nordlicht.example/approve/jkl.mno.pqr"}
)
TOM_READS = ANN_READS.model_copy(update={"person": "tom", "name": "Tom Klein"})
FIRST = Thread(message_id="<d-1@nordlicht.example>", list_id="<inc-2041.tocsin.nordlicht.example>")


def incident(**fields: Any) -> IncidentSnapshot:
    return IncidentSnapshot.model_validate(
        {
            "id": "0193a0aa-0000-7000-8000-000000000001",
            "ref": "INC-2041",
            "sequence": 1,
            "title": "KubePodCrashLooping storage-eu-ctl-02",
            "severity": Severity.SEV1,
            "status": Status.INVESTIGATING,
            "visibility": Visibility.PUBLISHED,
            "routed": True,
            "impact": "You cannot send, receive or read mail.",
            "impact_level": ImpactLevel.DOWN,
            "system_keys": ("mail-eu",),
            "started_at": cet("09:52"),
            "known_at": cet("09:53"),
            "acknowledged_at": cet("09:57"),
            "acknowledged_by": "user:eva",
            **fields,
        }
    )


def notice(kind: Kind = Kind.INITIAL, **fields: Any) -> Notice:
    of_incident = fields.pop("incident", {})
    return Notice.model_validate(
        {
            "id": "n-1",
            "kind": kind,
            "at": cet("09:58"),
            "incident": incident(**of_incident),
            "provider": PROVIDER,
            "client": ACME,
            "systems": ("Mail EU",),
            "via": ("Storage EU",),
            "next_update_due": cet("10:30"),
            "account_manager": ANN,
            **fields,
        }
    )


def update(message: str, **fields: Any) -> IncidentUpdate:
    return IncidentUpdate.model_validate(
        {"id": "u-1", "message": message, "occurred_at": cet("10:28"), **fields}
    )


def but(made: Notice, **fields: object) -> Notice:
    """The same notice with some of its incident's fields changed."""
    return made.model_copy(update={"incident": made.outage.model_copy(update=fields)})


def for_staff(kind: Kind, facts: EscalationFacts, **fields: Any) -> Notice:
    return notice(kind, client=None, account_manager=None, escalation=facts, **fields)


ACME_TOLD = ClientTold(
    name="ACME",
    systems=("Mail EU",),
    told_at=cet("09:58"),
    planned=3,
    reached=3,
    confirmed=1,
    next_word_due=cet("10:30"),
    call_first=Named(name="Jo Frei", phone="+49 30 23125 207"),
    call_first_role="it_lead",
)
