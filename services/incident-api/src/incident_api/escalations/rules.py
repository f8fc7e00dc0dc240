"""Whether an answer can be passed on to the escalation service, and in whose name. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts.words import EscalationState, Verb

from incident_api.directory.view import DirectoryView
from incident_api.timeline.standing import CONFIRMED, Escalation

OF_WHOEVER_WAS_CALLED = frozenset({Verb.TAKE, Verb.DECLINE, Verb.HAND_OVER})


class NotPossible(ValueError):
    """``pointer`` is the wrong place in the body, ``None`` where the state forbids it."""

    def __init__(self, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.pointer = pointer


def check_running(escalation: Escalation) -> None:
    incident = escalation.incident_id
    if escalation.state == EscalationState.STOPPED:
        raise NotPossible(
            "This escalation has stopped with its incident; nobody is called any more."
            f" POST /v1/incidents/{incident}/reopen starts it again if it is back."
        )
    if escalation.state == CONFIRMED:
        raise NotPossible(
            f"{escalation.person_name or 'Somebody'} has confirmed, so nobody at the client is"
            f" called any more. POST /v1/incidents/{incident}/questions asks them something."
        )


def check_chain(escalation: Escalation, verb: Verb) -> None:
    """Nobody of ours can have what the client's own people were called for."""
    if escalation.of_client and verb in OF_WHOEVER_WAS_CALLED:
        raise NotPossible(
            "This is the client's own escalation: it ends when somebody there confirms. If they"
            f" told you by telephone, POST /v1/incidents/{escalation.incident_id}/contacts-made"
            " says so; to speak with them yourself, take the one whose chain is 'account'."
        )


def check_somebody_left(escalation: Escalation, verb: Verb) -> None:
    if verb is Verb.ESCALATE and escalation.state == EscalationState.EXHAUSTED:
        raise NotPossible(
            "Everybody on the list was called, so there is no next step to bring forward. Take it,"
            " or add a step to the policy for the next outage."
        )


def team_of(view: DirectoryView, client_key: str) -> dict[str, str]:
    """Names of the people of the client's account team by person key, whatever their role."""
    client = view.clients.get(client_key)
    team = view.teams.get(client.account_team or "") if client else None
    people = (*team.members.values(), *team.others) if team else ()
    return {person.key: person.name for person in people}


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


def check_holder(escalation: Escalation, person: str) -> None:
    """Nobody hands over what a colleague has: they would lose it without a word."""
    holder, name = escalation.person, escalation.person_name
    if escalation.state == EscalationState.TAKEN and holder not in (None, person):
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
