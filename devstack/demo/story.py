"""The sample outage, step by step, through the API alone, as people and tools would do it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from devstack.demo import outage
from devstack.demo.arrivals import Arrivals
from devstack.demo.check import Verdict, verdict
from devstack.demo.expected import APPROVED, EXPECTED, INES_BY_TEXT, LENA, MARA_BY_TEXT, Expected
from devstack.demo.view import View

PROVIDER = Path(__file__).with_name("provider.yaml")
SOON, AFTER_MINUTES = 20.0, 60.0
"""Seconds to wait for messages of a step, and for those of the escalation policy's steps."""
TAKERS = ("ann@nordwind.example", "owen@nordwind.example")
SETTLE_SECONDS = 1.0
SIMULATED_LINES = 8


class Story:
    """``stack`` is what ``stack.json`` says; ``pause`` is called where a reader needs time.

    The review's document is put into ``folder``.
    """

    def __init__(
        self,
        stack: Mapping[str, Any],
        webhook_secret: str,
        view: View,
        folder: Path,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._stack = stack
        self._secret = webhook_secret
        self._view = view
        self._folder = folder
        self._pause = pause
        self._http = httpx.Client(base_url=stack["api_url"], timeout=30)
        self.arrivals = Arrivals(stack["sandbox_url"], view.arrived)
        self.incident: dict[str, Any] = {}

    def play(self) -> Verdict:
        self._apply_provider()
        self._simulate()
        self._alert()
        self._escalate()
        self._confirm()
        self._acknowledge()
        self._ask()
        self._tell("update", "The NOC has found the cause and says so", self._update)
        self._tell("ETA", "It takes longer than thought: a new time", self._new_time)
        self._tell("resolved", "Everything works again", self._resolve)
        self._small_one()
        self._tell("closed", "The closing note, with the root cause and a meeting", self._close)
        self._tell("review", "The review: a document for each client", self._review)
        self._tell("planned", "What was promised is planned, and announced", self._plan_work)
        self.arrivals.wait_for([_NEVER], seconds=SETTLE_SECONDS)  # anything that should not come
        return verdict(self.arrivals.messages)

    def _apply_provider(self) -> None:
        self._view.heading("The sample provider: six clients, no two alike")
        text = Template(PROVIDER.read_text()).substitute(
            SANDBOX=self._stack["sandbox_url"],
            WEBHOOK_SECRET=self._secret,
            **_quiet_now(datetime.now(UTC)),
        )
        self._call("admin", "PUT", "/v1/directory", content=text, kind="application/yaml")
        self._view.hop(
            "incident-api", "directory applied and published: who is told what, and by whom"
        )

    def _simulate(self) -> None:
        """What would happen is known before it happens, from the rules that will run."""
        self._view.heading("Asked beforehand: a night from Saturday to Sunday, and nobody answers")
        now = datetime.now(UTC)
        self._call("admin", "POST", "/v1/absences", json=outage.away(now))
        asked = outage.at_night(now)
        played = self._call("read", "POST", "/v1/simulate", json=asked).json()["timeline"]
        for line in played[:SIMULATED_LINES]:
            who = f"{line['who']} by {line['channel']}" if line["who"] else "nobody"
            self._view.hop(f"+{line['offset_minutes']:g} min", f"{who}: {line['because']}")

    def _alert(self) -> None:
        self._view.heading("Alertmanager reports: Storage EU is down")
        self._begin()
        began = datetime.now(UTC) - outage.UNNOTICED
        answer = self._call("ingest", "POST", "/v1/ingest/alertmanager", json=outage.alert(began))
        milliseconds = answer.elapsed.total_seconds() * 1000
        found = answer.json()["results"][0]
        self._view.hop("incident-api", f"202 in {milliseconds:.0f} ms; committed to PostgreSQL")
        self._read_incident(found["incident_id"])
        self._show_audience()
        self._await("first", seconds=SOON, but=APPROVED)
        self._approve()

    def _approve(self) -> None:
        """One client is told nothing before a person says yes to the very words."""
        self._view.heading("Alster hears nothing yet: its account manager has to agree")
        self._await("asked for a yes", seconds=SOON)
        self._click("asked for a yes", "ann@nordwind.example", "Approve")
        self._await("first", seconds=SOON)

    def _show_audience(self) -> None:
        audience = self.incident["audience"]["clients"]
        self._view.hop(
            "incident-api", f"{self.incident['ref']}: {len(audience)} of 6 clients concerned"
        )
        for client in audience:
            self._view.detail(client["because"])
        self._view.hop("Kafka", "incident.opened to dispatcher and escalation")

    def _show_timeline(self) -> None:
        """What came back from the others, as the incident's timeline has it."""
        path = f"/v1/incidents/{self.incident['id']}/timeline"
        lines = self._call("read", "GET", path, params={"limit": 200}).json()["items"]
        accepted = sum(line.get("counts", {}).get("accepted", 0) for line in lines)
        self._view.hop("Kafka", f"back on the timeline: {accepted} messages accepted")
        for line in lines:
            if line["type"] == "armed":
                self._view.hop("escalation", line["text"])

    def _escalate(self) -> None:
        self._view.heading("Nobody acknowledges: after 12 seconds the account managers are asked")
        self._await("escalated at once", seconds=SOON)
        self._show_timeline()
        self._await("escalated", seconds=AFTER_MINUTES)
        for address in TAKERS:
            self._click("escalated", address, "I take it")
        self._await("told it is taken", seconds=SOON)
        self._view.heading("Marcus does not answer: after 30 seconds his deputy’s telephone rings")
        self._await("escalated further", seconds=AFTER_MINUTES)
        self._press("escalated further", LENA, "1")
        self._await("told it is taken too", seconds=SOON)

    def _confirm(self) -> None:
        """The client's own people are asked one after another, until one has confirmed."""
        self._view.heading("At Sol nobody confirms: after 36 seconds its IT lead gets a text")
        self._await("not confirmed", seconds=AFTER_MINUTES)
        text = self.arrivals.of(_only("not confirmed", INES_BY_TEXT))
        if text is not None:
            self.arrivals.answer(text, reply="1")
            self._view.hop(INES_BY_TEXT, "texted “1”, so the list of Sol ends here")
            self._await("told of the yes", seconds=SOON)

    def _click(self, step: str, address: str, word: str) -> None:
        """Open the link of that name in a mail and press its button, as its reader would."""
        mail = self.arrivals.of(_only(step, address))
        if mail is None:
            return
        answer = self.arrivals.answer(mail, click=word)
        done = f"pressed “{word}” in the mail" if answer.is_success else f"could not: {answer.text}"
        self._view.hop(address, done)

    def _press(self, step: str, phone: str, key: str) -> None:
        call = self.arrivals.of(_only(step, phone))
        if call is None:
            return
        self.arrivals.answer(call, press=key)
        self._view.hop(phone, f"pressed {key} on the telephone")

    def _ask(self) -> None:
        """A reader writes back on the channel they read, and a person answers there."""
        self._view.heading("Mara asks by text; Ann, who has ACME, answers")
        text = self.arrivals.of(_only("first", MARA_BY_TEXT.to))
        if text is None:
            return
        self._begin()
        self.arrivals.answer(text, reply=outage.QUESTION)
        self._view.hop(MARA_BY_TEXT.to, f"texted “{outage.QUESTION}”")
        self._await("asked", seconds=SOON)
        self._await("question received", seconds=SOON)
        asked = {"incident": self.incident["id"], "status": "open"}
        listed = self._call("read", "GET", "/v1/conversations", params=asked).json()["items"]
        path = f"/v1/conversations/{listed[0]['id']}/answers"
        self._call("operate", "POST", path, json={"text": outage.ANSWER})
        self._await("answered", seconds=SOON)

    def _acknowledge(self) -> None:
        self._view.heading("The NOC acknowledges")
        self._operate("acknowledge", {"note": "On it"})

    def _tell(self, step: str, heading: str, act: Callable[[], object]) -> None:
        self._pause()
        self._view.heading(heading)
        self._begin()
        act()
        self._await(step, seconds=SOON)

    def _update(self) -> None:
        self._operate("updates", outage.cause_found(datetime.now(UTC)))

    def _new_time(self) -> None:
        self._operate("updates", outage.later_than_thought(datetime.now(UTC)))

    def _resolve(self) -> None:
        self._operate("resolve", outage.resolved())

    def _small_one(self) -> None:
        self._view.heading("Another one, small: Cantina's people sleep, so it waits")
        opened = self._call("operate", "POST", "/v1/incidents", json=outage.small_one()).json()
        for reason in self._waits(opened["id"]):
            self._view.hop("dispatcher", reason)

    def _waits(self, number: str) -> list[str]:
        """Why messages of an incident do not go yet, once the dispatcher has planned them."""
        for _ in range(100):
            path = f"/v1/incidents/{number}/deliveries"
            found = self._call("read", "GET", path).json()["items"]
            if found:
                return [f"{each['person_name']}: {each['reason']}" for each in found]
            time.sleep(0.1)
        return ["nothing was planned for it"]

    def _close(self) -> None:
        self._operate("close", outage.closing_note(datetime.now(UTC)))

    def _review(self) -> None:
        self._operate("review", {"summary": f"{outage.IN_ONE_SENTENCE}."})
        path = f"/v1/incidents/{self.incident['id']}/report"
        answer = self._call(
            "read", "GET", path, params={"client": "acme"}, accept="application/pdf"
        )
        document = self._folder / "review-acme.pdf"
        document.write_bytes(answer.content)
        self._view.hop("incident-api", f"ACME's copy, {len(answer.content) // 1024} KB: {document}")

    def _plan_work(self) -> None:
        body = outage.planned_work(datetime.now(UTC))
        window = self._call("operate", "POST", "/v1/maintenance-windows", json=body).json()
        self._view.hop("incident-api", f"{window['ref']} announced, with an invitation")

    def _operate(self, what: str, body: dict[str, Any]) -> None:
        answer = self._call(
            "operate", "POST", f"/v1/incidents/{self.incident['id']}/{what}", json=body
        )
        milliseconds = answer.elapsed.total_seconds() * 1000
        self._view.hop(
            "incident-api", f"POST …/{what}: {answer.status_code} in {milliseconds:.0f} ms"
        )

    def _read_incident(self, number: str) -> None:
        self.incident = self._call("read", "GET", f"/v1/incidents/{number}").json()

    def _begin(self) -> None:
        self.arrivals.step_begins(datetime.now(UTC))

    def _await(self, step: str, *, seconds: float, but: Expected | None = None) -> None:
        wanted = [each for each in EXPECTED if each.step == step and each != but]
        if not self.arrivals.wait_for(wanted, seconds=seconds):
            self._view.warning(f"Not everybody got “{step}” within {seconds:.0f} seconds")

    def _call(
        self,
        scope: str,
        method: str,
        path: str,
        *,
        kind: str | None = None,
        accept: str = "*/*",
        **content: Any,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._stack['keys'][scope]}", "Accept": accept}
        if kind is not None:
            headers["Content-Type"] = kind
        answer = self._http.request(method, path, headers=headers, **content)
        if answer.is_error:
            raise StoryError(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return answer


class StoryError(Exception):
    """A call of the story was refused, so the rest of it cannot be told."""


def _quiet_now(now: datetime) -> dict[str, str]:
    """Quiet hours around this very moment, wherever the sun is."""
    local = now.astimezone(ZoneInfo("America/New_York"))
    begins, ends = local - timedelta(hours=1), local + timedelta(hours=6)
    return {"QUIET_FROM": begins.strftime("%H:%M"), "QUIET_TO": ends.strftime("%H:%M")}


_NEVER = Expected("nothing", "nobody", "none", "nothing")


def _only(step: str, address: str) -> Expected:
    return next(each for each in EXPECTED if (each.step, each.to) == (step, address))
