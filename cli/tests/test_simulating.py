"""What is typed reaches the API as it takes it, and what it answers can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tocsin_cli.__main__ import main

START = "2026-11-29T01:00:00Z"


def line(minutes: int, at: str, **given: Any) -> dict[str, Any]:
    return {
        "at": at,
        "offset_minutes": minutes,
        "what": "called",
        "chain": "account",
        "policy": "critical",
        "step": 1,
        "call": 0,
        "trigger": "unacknowledged",
        "who": "Tom Klein",
        "person": "tom",
        "role": "deputy",
        "client_keys": ["acme"],
        "channel": "voice",
        "because": "nobody acknowledged",
        **given,
    }


class Api:
    """An incident API on loopback that answers as it is told; ``asked`` is what it was sent."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []
        self.status, self.answer = 200, b"{}"
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answers(self, found: Any, status: int = 200) -> None:
        self.status = status
        self.answer = found if isinstance(found, bytes) else json.dumps(found).encode()

    def played(self, *lines: dict[str, Any], **more: Any) -> None:
        about = {"timezone": "Europe/Berlin", "started_at": START, "until": "2026-11-30T01:00:00Z"}
        self.answers({**about, "timeline": list(lines), **more})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                api.asked.append((self.path, self.headers["authorization"], json.loads(body)))
                self.send_response(api.status)
                self.end_headers()
                self.wfile.write(api.answer)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


@pytest.fixture
def api() -> Iterator[Api]:
    running = Api()
    yield running
    running.close()


def run(api: Api | None, *words: str, key: str = "k") -> Result:
    where = {"TOCSIN_URL": api.url if api else "http://127.0.0.1:9", "TOCSIN_KEY": key}
    return CliRunner(env=where).invoke(main, list(words))


SUNDAY = ("simulate", "--severity", "sev1", "--system", "mail-eu", "--at", "2026-11-29T02:00+01:00")


def test_what_is_typed_is_what_is_asked(api: Api) -> None:
    api.played()
    result = run(
        api, *SUNDAY, "--system", "crm", "--client", "acme", "--acknowledged-after", "10",
        "--taken-after", "12.5", "--update-at", "30", "--update-at", "60",
    )  # fmt: skip

    assert result.exit_code == 0, result.output
    assert api.asked == [
        (
            "/v1/simulate",
            "Bearer k",
            {
                "severity": "sev1",
                "system_keys": ["mail-eu", "crm"],
                "client_keys": ["acme"],
                "started_at": "2026-11-29T02:00:00+01:00",
                "updates_at_minutes": [30.0, 60.0],
                "acknowledged_after_minutes": 10.0,
                "taken_after_minutes": 12.5,
            },
        )
    ]


def test_the_timeline_is_read_on_the_providers_clock(api: Api) -> None:
    api.played(
        line(0, START, what="skipped", who=None, channel=None, step=0,
             because="Ann Weiss is away until 1 December."),
        line(15, "2026-11-29T01:15:00Z"),
        line(15, "2026-11-29T01:15:00Z", channel="sms"),
        line(1425, "2026-11-30T00:45:00Z", chain="client", who="Kim Lee", role="cio",
             because="Nobody there has confirmed.", client_keys=["a", "b", "c", "d"]),
    )  # fmt: skip

    assert run(api, *SUNDAY).output.splitlines() == [
        "Sunday 29 November 2026, 02:00 CET (Europe/Berlin)",
        "+0 min 02:00 step 1 of 'critical' skipped: Ann Weiss is away until 1 December [acme]",
        "+15 min 02:15 Tom Klein (deputy), call and text message, because nobody acknowledged"
        " [acme]",
        "Monday 30 November",
        "+1425 min 01:45 Kim Lee (cio at the client), call, because nobody there has confirmed"
        " [a, b, c and 1 more]",
    ]


def test_nobody_called_is_said(api: Api) -> None:
    api.played()
    assert "Nobody is called until Monday 02:00." in run(api, *SUNDAY).output


POLICIES = """
escalation_policies:
  - key: critical
    steps:
      - trigger: {sla_at_risk: true}
        notify: [deputy]
        channels: [voice]
        after_minutes: 5
        hours: {mon-fri: 08:00-18:00}
"""


def test_policies_of_a_file_are_tried_and_what_they_change_is_told(
    api: Api, tmp_path: Path
) -> None:
    file = tmp_path / "directory.yaml"
    file.write_text(POLICIES)
    before, after = line(15, "2026-11-29T01:15:00Z"), line(5, "2026-11-29T01:05:00Z")
    moved = [
        {"before": {**before, "channel": one}, "after": {**after, "channel": one}}
        for one in ("voice", "sms")
    ]
    api.played(after, changes={"added": [], "removed": [line(0, START, channel="email")],
                               "moved": moved})  # fmt: skip

    result = run(api, *SUNDAY, "--policies", str(file))

    [(_, _, body)] = api.asked
    [policy] = body["escalation_policies"]
    assert policy["steps"][0] == {
        "trigger": {"sla_at_risk": True},
        "notify": ["deputy"],
        "channels": ["voice"],
        "after_minutes": 5,
        "hours": {"mon-fri": "08:00-18:00"},
    }
    assert result.output.splitlines()[-3:] == [
        "What these policies change:",
        "removed +0 min 02:00 Tom Klein (deputy), mail, because nobody acknowledged [acme]",
        "moved   +5 min 02:05 Tom Klein (deputy), call and text message, because nobody"
        " acknowledged [acme] (before: +15 min)",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [("a: [", "no YAML"), ("systems: []", "holds no policies"), ("just words", "holds no")],
)
def test_a_file_without_policies_is_said_so(api: Api, tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(text)
    result = run(api, "lint", "--policies", str(file))
    assert (result.exit_code, word in result.output, api.asked) == (2, True, [])


def test_no_gaps_end_well_and_gaps_do_not(api: Api) -> None:
    api.answers({"findings": []})
    result = run(api, "lint", "--days", "7")
    assert (result.exit_code, result.output) == (0, "No gaps.\n")
    assert api.asked[0][2] == {"days": 7}

    api.answers(
        {
            "findings": [
                {"problem": "x", "policy": "critical", "step": 1, "detail": "Tom has no phone."},
                {"problem": "y", "team": "team-a", "detail": "Nobody is on duty on Sundays."},
            ]
        }
    )
    result = run(api, "lint")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "policy 'critical', step 2: Tom has no phone.",
        "team 'team-a': Nobody is on duty on Sundays.",
    ]


def test_the_answer_as_it_is(api: Api) -> None:
    api.answers({"findings": [{"problem": "x", "detail": "Ännchen fehlt."}]})
    result = run(api, "lint", "--json")
    assert json.loads(result.output)["findings"][0]["detail"] == "Ännchen fehlt."


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (422, {"detail": "x", "errors": [{"pointer": "/system_keys/0", "detail": "No moon."}]},
         "/system_keys/0: No moon."),
        (503, {"detail": "The escalation service does not answer just now."},
         "does not answer just now"),
        (401, {"detail": "x"}, "TOCSIN_KEY"),
        (200, b"<html>", "no JSON"),
        (502, b"<html>", "answered 502"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line_and_ends_with_2(
    api: Api, status: int, answer: Any, said: str
) -> None:
    api.answers(answer, status)
    result = run(api, *SUNDAY)
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "someday"), "is no moment"),
        (("--at", "sun 25:00"), "is no moment"),
        (("--at", "sunday 02:00", "--timezone", "Mars/Base"), "no timezone"),
    ],
)
def test_what_cannot_be_asked_is_not(api: Api, words: tuple[str, ...], said: str) -> None:
    result = run(api, *SUNDAY, *words)
    assert (result.exit_code, said in result.output, api.asked) == (2, True, [])


def test_nobody_there_and_no_key_say_what_to_do() -> None:
    assert "is TOCSIN_URL right?" in run(None, *SUNDAY).output
    assert "Set TOCSIN_KEY" in run(None, *SUNDAY, key="").output
