"""One provider as the outside sees it: it calls the API, and looks into its readers' inboxes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx

Json = dict[str, Any]
Value = TypeVar("Value")

PATIENCE_SECONDS = 30.0
LOOK_EVERY_SECONDS = 0.05


def eventually(look: Callable[[], Value], what: str, seconds: float = PATIENCE_SECONDS) -> Value:
    """Ask until the answer is truthy; fails with ``what`` once ``seconds`` have passed."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(LOOK_EVERY_SECONDS)
    return found


@dataclass
class World:
    """Every key and address carries ``word``, so that tests on one stack never meet.

    ``document`` answers what ``stack.json`` says at this moment.
    """

    document: Callable[[], Json]
    word: str = field(default_factory=lambda: f"t{uuid.uuid4().hex[:8]}")
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    # -- who there is ----------------------------------------------------------------------------

    def key(self, name: str) -> str:
        return f"{name}-{self.word}"

    def address(self, name: str) -> str:
        return f"{name}@{self.word}.example"

    def phone(self, name: str) -> str:
        """A German mobile number of this test's own; the same name has the same one."""
        digits = int.from_bytes(f"{self.word}{name}".encode()) % 10**7
        return f"+491511{digits:07d}"

    def system(self, name: str, *, depends_on: Sequence[str] = ()) -> None:
        body = {"name": name.title(), "depends_on": [self.key(each) for each in depends_on]}
        self.put("systems", self.key(name), body)

    def team(self, name: str, **members: str) -> None:
        """``team("north", account_manager="ann")``; each has a mail address and a phone."""
        people = {
            role: {"name": who.title(), "email": self.address(who), "phone": self.phone(who)}
            for role, who in members.items()
        }
        self.put("account-teams", self.key(name), people)

    def policy(self, name: str, *steps: Json) -> None:
        self.put("escalation-policies", self.key(name), {"steps": list(steps)})

    def plan(self, name: str, *, policy: str | None = None, channels: Sequence[str]) -> None:
        """Tells role ``it`` on ``channels``, whatever the severity."""
        severity = {
            "notify": [{"roles": ["it"], "channels": list(channels)}],
            "first_notice_within_minutes": 10,
            "update_every_minutes": 30,
            "closure_within_hours": 48,
        }
        body: Json = {"severities": {f"sev{number}": severity for number in range(1, 6)}}
        if policy is not None:
            body["escalation_policy"] = self.key(policy)
        self.put("communication-plans", self.key(name), body)

    def client(
        self,
        name: str,
        *,
        systems: Sequence[str],
        plan: str,
        team: str | None = None,
        timezone: str = "Europe/Berlin",
        contacts: Sequence[Json] | None = None,
    ) -> None:
        """Without ``contacts``, one person of role ``it`` at ``<name>@…``."""
        usual = [{"key": "it", "name": "Jo Frei", "role": "it", "email": self.address(name)}]
        body: Json = {
            "name": name.title(),
            "timezone": timezone,
            "systems": [self.key(system) for system in systems],
            "communication_plan": self.key(plan),
            "contacts": usual if contacts is None else list(contacts),
        }
        if team is not None:
            body["account_team"] = self.key(team)
        self.put("clients", self.key(name), body)

    def put(self, kind: str, key: str, body: Json) -> None:
        self.call("admin", "PUT", f"/v1/{kind}/{key}", json=body)

    # -- what is done ----------------------------------------------------------------------------

    def alert(self, system: str, name: str = "Down", *, status: str = "firing") -> Json:
        """One alert as Alertmanager sends it; answers its line of the results."""
        answer = self.post_alerts(self.alertmanager([self.one_alert(system, name, status)]))
        assert answer.status_code == 202, answer.text
        return dict(answer.json()["results"][0])

    def one_alert(self, system: str, name: str, status: str = "firing") -> Json:
        ended = datetime.now(UTC).isoformat() if status == "resolved" else "0001-01-01T00:00:00Z"
        given = {"alertname": name, "severity": "critical", "system": self.key(system)}
        return {
            "status": status,
            "labels": given,
            "annotations": {"summary": f"{name} on {system}"},
            "startsAt": self.started,
            "endsAt": ended,
            "fingerprint": f"{self.word}-{system}-{name}",
        }

    def alertmanager(self, alerts: Sequence[Json], *, truncated: int = 0) -> Json:
        firing = any(alert["status"] == "firing" for alert in alerts)
        return {
            "version": "4",
            "groupKey": f'{{}}:{{word="{self.word}"}}',
            "truncatedAlerts": truncated,
            "status": "firing" if firing else "resolved",
            "receiver": "tocsin",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example",
            "alerts": list(alerts),
        }

    def opens(self, system: str) -> Json:
        """A person opens an incident by hand, which no alert belongs to."""
        body = {"title": "By hand", "severity": "sev1", "system_keys": [self.key(system)]}
        return dict(self.call("operate", "POST", "/v1/incidents", json=body).json())

    def post_alerts(self, body: Json) -> httpx.Response:
        return self.request("ingest", "POST", "/v1/ingest/alertmanager", json=body)

    def operate(self, incident: str, what: str, body: Mapping[str, Any] | None = None) -> Json:
        path = f"/v1/incidents/{incident}/{what}"
        return dict(self.call("operate", "POST", path, json=dict(body or {})).json())

    def incident(self, number: str) -> Json:
        return dict(self.call("read", "GET", f"/v1/incidents/{number}").json())

    def timeline(self, number: str) -> list[Json]:
        answer = self.call("read", "GET", f"/v1/incidents/{number}/timeline", params={"limit": 200})
        return list(answer.json()["items"])

    def call(self, scope: str, method: str, path: str, **content: Any) -> httpx.Response:
        answer = self.request(scope, method, path, **content)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def request(self, scope: str, method: str, path: str, **content: Any) -> httpx.Response:
        stack = self.document()
        headers = {"Authorization": f"Bearer {stack['keys'][scope]}", **content.pop("headers", {})}
        return httpx.request(
            method, f"{stack['api_url']}{path}", headers=headers, timeout=30, **content
        )

    # -- what was received -----------------------------------------------------------------------

    def received(self, name: str, channel: str = "email") -> list[Json]:
        """What came to ``<name>@…``, to the phone of ``name``, to Slack channel ``name`` or to
        webhook ``name``, so far."""
        own = {"email": self.address, "sms": self.phone, "voice": self.phone}.get(channel)
        to = own(name) if own else name
        url = f"{self.document()['sandbox_url']}/messages"
        answer = httpx.get(url, params={"to": to, "channel": channel})
        return list(answer.json()["items"])

    def inbox(self, name: str, count: int = 1, *, channel: str = "email") -> list[Json]:
        """Wait until ``count`` messages are there; answers them, oldest first."""
        wanted = f"{count} messages by {channel} to {name}"
        return eventually(lambda: _enough(self.received(name, channel), count), wanted)

    def click(self, message: Json, word: str) -> Json:
        """Open the link called ``word`` in a message and press its button, as its reader would."""
        return self.answer(message, click=word)

    def answer(self, message: Json, **how: str) -> Json:
        """Do what the reader of a message does: ``click=``, ``reply=`` or ``press=``."""
        url = f"{self.document()['sandbox_url']}/answer"
        answer = httpx.post(url, json={"message_id": message["id"], **how}, timeout=30)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def sandbox_fault(self, channel: str, **fault: Any) -> None:
        url = f"{self.document()['sandbox_url']}/faults/{channel}"
        httpx.put(url, json=fault).raise_for_status()


def _enough(messages: list[Json], count: int) -> list[Json]:
    return messages if len(messages) >= count else []
