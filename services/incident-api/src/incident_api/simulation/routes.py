"""``POST /v1/simulate`` and ``/v1/lint``: asked before an outage; nobody is called."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from tocsin_contracts.simulation import LintAsked, LintFinding

from incident_api.auth.dependencies import Reads
from incident_api.channels import store as channels
from incident_api.directory.document import Entries, timezone_of
from incident_api.directory.entries import TeamEntry
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.duty.coverage import rota_findings
from incident_api.forwarding.answering import answered
from incident_api.forwarding.escalation import Escalation
from incident_api.incidents.checks import check_references
from incident_api.readiness.rules import Refused
from incident_api.simulation.asking import question
from incident_api.simulation.bodies import Lint, Policies, Simulation
from incident_api.simulation.policies import documents_of, faults_of
from incident_api.simulation.reaching import clients_by_policy, unreached
from incident_api.simulation.script import script
from incident_api.simulation.shown import answer_shown, findings_shown
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import all_invalid
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1", tags=["escalations"])
AWAY = (
    "escalation-away",
    "The escalation service, which would play this, does not answer just now; ask again in"
    " a moment. Whoever is to be called meanwhile is called.",
)


async def _escalation(request: Request) -> Escalation:
    escalation: Escalation = request.app.state.escalation
    return escalation


WithEscalation = Annotated[Escalation, Depends(_escalation)]


@router.post("/simulate", summary="Who would be called when in an outage; nobody is")
async def simulate(
    body: Simulation, _actor: Reads, parts: WithParts, escalation: WithEscalation
) -> dict[str, Any]:
    """``escalation_policies`` are tried in place of those in force; the answer then says what they
    change, and the timeline is the one on them."""
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
    await asyncio.to_thread(_check, body.escalation_policies, snapshot)
    check_references(snapshot.view, body.model_dump())
    # In a thread, as is what follows: thousands of clients take a while, and alerts come in.
    played = await asyncio.to_thread(script, body, snapshot.view)
    policies = documents_of(body.escalation_policies, snapshot.entries)
    asked = question(snapshot.state.revision, played, policies)
    shown = answer_shown(await answered(escalation.simulate(asked), *AWAY), body.started_at)
    about = {
        "revision": snapshot.state.revision,
        "timezone": timezone_of(snapshot.entries),
        "started_at": plain(body.started_at),
        "until": plain(played.until),
    }
    return {**about, **shown}


@router.post("/lint", summary="Hours with nobody, steps that never call, people out of reach")
async def lint(
    body: Lint, _actor: Reads, parts: WithParts, escalation: WithEscalation
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
        refused = await channels.refused(conn, parts.clock.now())
    await asyncio.to_thread(_check, body.escalation_policies, snapshot)
    now = parts.clock.now()
    asked = LintAsked(
        revision=snapshot.state.revision,
        since=now,
        until=now + timedelta(days=body.days),
        policies=documents_of(body.escalation_policies, snapshot.entries),
    )
    theirs = await answered(escalation.lint(asked), *AWAY)
    ours = await asyncio.to_thread(_of_ours, body, snapshot, refused, parts)
    found = [*theirs.findings, *ours]
    return {"findings": findings_shown(found)}


def _check(given: Policies, snapshot: Snapshot) -> None:
    faults = faults_of(given, snapshot.entries)
    if faults:
        raise all_invalid(faults, "Nothing was asked.")


def _of_ours(body: Lint, snapshot: Snapshot, refused: Refused, parts: Parts) -> list[LintFinding]:
    """What only this service knows: addresses, suppressions, and rotas as they were written."""
    given = documents_of(body.escalation_policies, snapshot.entries)
    policies = {**snapshot.view.policies, **{one.key: one for one in given}}
    uses = clients_by_policy(snapshot.view)
    return [
        *unreached(policies, uses, snapshot.entries, refused),
        *_of_rotas(snapshot.entries, parts),
    ]


def _of_rotas(entries: Entries, parts: Parts) -> list[LintFinding]:
    timezone, now = timezone_of(entries), parts.clock.now()
    return [
        LintFinding(problem="rota-uneven", detail=sentence, team=team.key)
        for team in entries.values()
        if isinstance(team, TeamEntry)
        for sentence in rota_findings(team, timezone, now)
    ]
