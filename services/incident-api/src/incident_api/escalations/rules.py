"""Whether an answer can be passed on to the escalation service, and in whose name. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts.words import EscalationState

from incident_api.directory.view import DirectoryView


class NotPossible(ValueError):
    """``pointer`` is the wrong place in the body, ``None`` where the state forbids it."""

    def __init__(self, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.pointer = pointer


def check_running(state: str, incident_id: str) -> None:
    if state == EscalationState.STOPPED:
        raise NotPossible(
            "This escalation has stopped with its incident; nobody is called any more."
            f" POST /v1/incidents/{incident_id}/reopen starts it again if it is back."
        )


def team_of(view: DirectoryView, client_key: str) -> dict[str, str]:
    """Names of the client's account team by person key."""
    client = view.clients.get(client_key)
    team = view.teams.get(client.account_team or "") if client else None
    members = team.members.values() if team else ()
    return {member.key: member.name for member in members}


def answering_person(given: str | None, operator: str, team: Mapping[str, str]) -> str:
    """Whoever is named; else the operator answers in their own name."""
    if given is None:
        return operator
    _check_member(given, team, "/person")
    return given


def check_colleague(to: str, person: str, team: Mapping[str, str]) -> None:
    _check_member(to, team, "/to")
    if to == person:
        raise NotPossible("A hand-over needs another person than the one who has it.", "/to")


def check_holder(state: str, holder: str | None, name: str | None, person: str) -> None:
    """Nobody hands over what a colleague has: they would lose it without a word."""
    if state == EscalationState.TAKEN and holder not in (None, person):
        raise NotPossible(
            f"{name or holder} has it. Send 'person': '{holder}' to hand it over for them,"
            " or take it first."
        )


def _check_member(key: str, team: Mapping[str, str], pointer: str) -> None:
    if key not in team:
        known = ", ".join(f"'{one}' ({name})" for one, name in sorted(team.items()))
        raise NotPossible(
            f"'{key}' does not belong to this client's account team;"
            f" it has: {known or 'nobody yet'}.",
            pointer,
        )
