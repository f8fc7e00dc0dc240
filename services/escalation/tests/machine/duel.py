"""One outage told to the service and to the model at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from escalation.policies.state import Call, Chain
from structlog.testing import capture_logs
from tocsin_contracts import events as e
from tocsin_contracts.words import QuestionSource, Verb

from services.escalation.tests.machine import verbs
from services.escalation.tests.machine.chains import Step
from services.escalation.tests.machine.conditions import Outage as Facts
from services.escalation.tests.machine.contracts import directory, roster, severity
from services.escalation.tests.machine.memory import Memory, run
from services.escalation.tests.machine.model import World
from services.escalation.tests.machine.people import Team
from services.escalation.tests.machine.promised import (
    Ever,
    an_acknowledge_cancels_what_waits_for_it,
    nobody_is_called_against_a_wish,
)
from services.escalation.tests.machine.scenarios import Night
from services.escalation.tests.machine.telling import (
    Heard,
    cancelled,
    messages,
    said,
    standing,
    wanted,
)
from services.escalation.tests.outage import Outage

NOC = "key:noc"


class Duel:
    def __init__(
        self, night: Night, policies: Mapping[str, Sequence[Step]], teams: Mapping[str, Team]
    ) -> None:
        self.policies = policies
        people = roster(teams, night.begins)
        self.memory = Memory(night.begins, directory(policies), people)
        self.model = World(night.begins, Facts([], {}), dict(teams))
        self.outage = Outage(cast(Any, self.memory))
        self.outage.policy = {client: client for client in policies}
        self.questions = 0
        self.ever = Ever()

    # ── the outage ──────────────────────────────────────────────────────────────────────────────

    def opens(self, rank: int, clients: Sequence[str]) -> None:
        self.model.outage.ranks.append((0, rank))
        for client in clients:
            verbs.join(self.model, client, self.policies[client])
        self.outage.clients = tuple(clients)
        run(self.outage.opens(severity=severity(rank)))
        self.compare()

    def wait(self, minutes: int) -> None:
        for _ in range(minutes):
            self.model.pass_minute()
            self.memory.clock.set(self.model.moment())
            run(self.memory.look())
            self.compare()

    def acknowledged(self) -> None:
        verbs.acknowledge(self.model)
        run(self.outage.is_acknowledged())
        an_acknowledge_cancels_what_waits_for_it(self.memory.told, self.policies)

    def severity(self, rank: int) -> None:
        verbs.set_rank(self.model, rank)
        run(self.outage.has_severity(severity(rank)))

    def updated(self, clients: Sequence[str], next_word: int) -> None:
        to = [one for one in clients or self.outage.clients if one in self.outage.clients]
        verbs.write(self.model, to, next_word)
        run(self.outage.is_updated(next_word=next_word, clients=tuple(to)))

    def resolved(self) -> None:
        verbs.end(self.model)
        run(self.outage.is_resolved())

    def reopened(self, next_word: int, *, by_alert: bool) -> None:
        verbs.reopen(self.model, next_word, by_alert=by_alert)
        if by_alert:
            nobody = {"acknowledged_at": None, "acknowledged_by": None}
            self.outage.snapshot = self.outage.snapshot.model_copy(update=nobody)
        run(self.outage.is_reopened(next_word=next_word))

    def comes_back(self, after: int, next_word: int) -> None:
        self.resolved()
        self.compare()
        self.wait(after)
        self.reopened(next_word, by_alert=False)

    def joins_or_leaves(self, client: str) -> None:
        present = list(self.outage.clients)
        if client in present:
            present.remove(client)
            verbs.leave(self.model, client)
            self.outage.promises.pop(client, None)
        else:
            present.append(client)
            verbs.join(self.model, client, self.policies[client])
        run(self.outage.has_audience(*present))

    def asks(self, client: str, answer_within: int) -> None:
        self.questions += 1
        key, now = f"q-{self.questions}", self.memory.clock.now()
        verbs.ask(self.model, key, client, answer_within)
        self._feed(
            e.QuestionAsked(
                incident=self.outage.snapshot,
                conversation_id="c-1",
                question_id=key,
                client_key=client,
                person="jo",
                asker="Jo Frei",
                source=QuestionSource.SMS,
                text="Is archived mail safe?",
                asked_at=now,
                answer_due=now + timedelta(minutes=answer_within),
            )
        )

    def is_answered(self, key: str) -> None:
        client, now = self.model.outage.questions[key].client, self.memory.clock.now()
        verbs.answer(self.model, key)
        one = e.AnsweredQuestion(
            question_id=key, person="jo", source=QuestionSource.SMS, text="?", asked_at=now
        )
        self._feed(
            e.QuestionAnswered(
                incident=self.outage.snapshot,
                conversation_id="c-1",
                answer_id=f"a-{key}",
                client_key=client,
                text="Yes.",
                answered_at=now,
                questions=(one,),
                actor="user:ann",
            )
        )

    # ── the people ──────────────────────────────────────────────────────────────────────────────

    def takes(self, person: str, clients: Sequence[str]) -> None:
        self._says(Verb.TAKE, person, clients)
        verbs.take(self.model, person, clients)

    def declines(self, person: str, clients: Sequence[str]) -> None:
        self._says(Verb.DECLINE, person, clients)
        verbs.decline(self.model, person, clients)

    def hands_over(self, person: str, to: str, clients: Sequence[str]) -> None:
        self._says(Verb.HAND_OVER, person, clients, to=to)
        verbs.hand_over(self.model, person, to, clients)

    def pauses(self, clients: Sequence[str], minutes: int | None) -> None:
        self._says(Verb.PAUSE, NOC, clients, minutes=minutes, reason="A drill.")
        verbs.pause(self.model, clients, minutes)

    def resumes(self, clients: Sequence[str]) -> None:
        self._says(Verb.RESUME, NOC, clients)
        verbs.resume(self.model, clients)

    def escalates(self, clients: Sequence[str]) -> None:
        self._says(Verb.ESCALATE, NOC, clients, reason="The board calls.")
        verbs.escalate(self.model, clients)

    def de_escalates(self, clients: Sequence[str]) -> None:
        self._says(Verb.DE_ESCALATE, NOC, clients, reason="Too loud.")
        verbs.de_escalate(self.model, clients)

    def _says(self, verb: Verb, person: str, clients: Sequence[str], **given: Any) -> None:
        given["by"] = person if person.startswith("key:") else "link"
        with capture_logs():
            run(self.outage.is_answered(verb, person, *clients, **given))

    def called(self) -> list[str]:
        """Everybody who was called for a client that is not resolved."""
        chains = self.model.chains.values()
        return sorted({who for chain in chains if chain.going for who in chain.reached})

    def _feed(self, data: Any) -> None:
        memory = self.memory
        run(memory.feed_incidents(memory._event(data, subject=self.outage.id)))
        run(memory.look())

    # ── both ────────────────────────────────────────────────────────────────────────────────────

    def compare(self) -> None:
        """The service has looked where it wished to; the model looks every time."""
        self.model.look()
        expected, self.model.made = self.model.made, []
        made, told = self.memory.news()
        self.ever.add(made)
        nobody_is_called_against_a_wish(made, told, self.policies)
        heard, wished = map(self._heard, made), map(said, expected)
        self._same("calls", sorted(heard, key=repr), sorted(wished, key=repr))
        self._same("cancelled", cancelled(told), self.model.cancelled)
        self.model.cancelled = set()
        self._same("messages", messages(told), wanted(expected))
        for chain in self.memory.chains.values():
            known = self.model.chains[chain.client_key]
            self._same(chain.client_key, self._standing(chain), standing(known))

    def _same(self, what: str, service: object, model: object) -> None:
        text = f"{what} at minute {self.model.minute}:\n  service {service}\n  model   {model}"
        assert service == model, text

    def _standing(self, chain: Chain) -> dict[str, object]:
        """In a pause the end of a take moves on: it is known again once calls are."""
        take, pause = chain.take, chain.paused
        return {
            "state": chain.state.value,
            "taken by": take and take.person,
            "until": take and not pause and self._minute(take.expires_at),
            "paused": pause is not None,
            "resumes": pause and pause.until and self._minute(pause.until),
            "held from": chain.held_from,
        }

    def _heard(self, made: tuple[Chain, Call]) -> Heard:
        chain, call = made
        people = tuple(sorted(who.person for who in call.people))
        return Heard(self._minute(call.at), chain.client_key, call.step, call.number, people)

    def _minute(self, moment: datetime) -> int:
        return int((moment - self.model.begins).total_seconds() // 60)
