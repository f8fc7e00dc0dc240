"""What a preview shows is what is sent: the same words to the same people, for each call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest

from tests.e2e.normalised import normalised
from tests.e2e.world import Json, World

pytestmark = pytest.mark.e2e

LATER = datetime.now(UTC) + timedelta(days=5)


@pytest.fixture
def served(world: World) -> World:
    """ACME reads German mail and its own word for the system, Beta English in chat too."""
    world.system("storage")
    world.system("mail", depends_on=["storage"])
    world.team("north", account_manager="ann")
    world.plan("gold", channels=["email", "slack"])
    uses = {"key": world.key("mail"), "called": "Postfach"}
    jo = {"key": "jo", "name": "Jo Frei", "role": "it", "email": world.address("jo")}
    body = {
        "name": "ACME GmbH",
        "locale": "de",
        "timezone": "Europe/Berlin",
        "systems": [uses],
        "communication_plan": world.key("gold"),
        "account_team": world.key("north"),
        "contacts": [{**jo, "slack": f"C{world.word.upper()}"}],
    }
    world.put("clients", world.key("acme"), body)
    world.client("beta", systems=["storage"], plan="gold", team="north")
    return world


def shown(world: World, body: Json) -> Json:
    asked = {**body, "html": True}
    return dict(world.call("operate", "POST", "/v1/preview", json=asked).json())


Mail = tuple[str, str, str, str]
"""(address, subject, words, HTML)."""


def told(preview: Json) -> set[Mail]:
    mails = [one for one in preview["messages"] if one["channel"] == "email"]
    return {_mail(one["destination"], one["subject"], one["body"], one["html"]) for one in mails}


def arrived(world: World, count: int) -> set[Mail]:
    """The newest mail of each reader."""
    newest = [world.inbox("jo", count)[-1], world.inbox("beta", count)[-1]]
    return {_mail(each["to"][0], each["subject"], each["text"], each["html"]) for each in newest}


def _mail(to: str, subject: str, text: str, html: str) -> Mail:
    # A mail writes characters beyond ASCII as references.
    return to, normalised(subject), normalised(text), normalised(unescape(html))


def incident_of(world: World) -> Json:
    return {
        "title": "Storage is down",
        "severity": "sev1",
        "impact": "Mail is out.",
        "impact_level": "down",
        "system_keys": [world.key("storage")],
    }


CALLS: tuple[tuple[str, str, Json], ...] = (
    ("update", "updates", {"message": "The **cause** is found.", "status": "identified"}),
    ("eta_change", "updates", {"message": "It is slow.", "eta": LATER.isoformat()}),
    ("no_news", "no-news", {}),
    ("resolved", "resolve", {"message": "All is back.", "checks": "Restart your program."}),
    (
        "closure",
        "close",
        {
            "root_cause": "A controller failed.",
            "steps_taken": "We replaced it.",
            "prevention": [{"what": "Tested monthly", "who": "Eva Lang", "due": "2026-12-01"}],
            "follow_up": {
                "starts_at": LATER.isoformat(),
                "duration_minutes": 30,
                "location": "by video",
                "organizer_email": "eva@nordlicht.example",
            },
        },
    ),
)


def test_from_the_first_word_to_the_closing_note(served: World) -> None:
    """Each call is bound to its preview by the digest, so it reaches whom the preview showed."""
    incident = incident_of(served)
    preview = shown(served, {"incident": incident, "kind": "initial"})
    bound = {**incident, "audience_digest": preview["audience_digest"]}
    opened = served.call("operate", "POST", "/v1/incidents", json=bound).json()
    assert told(preview) == arrived(served, 1)

    for count, (kind, call, body) in enumerate(CALLS, start=2):
        asked: dict[str, Any] = {"incident_id": opened["id"], "kind": kind, "update": body}
        preview = shown(served, asked)
        served.operate(opened["id"], call, {**body, "audience_digest": preview["audience_digest"]})
        assert told(preview) == arrived(served, count), kind


def test_whom_a_preview_does_not_tell_it_names_with_the_reason(served: World) -> None:
    preview = shown(served, {"incident": incident_of(served), "kind": "initial"})
    beta = [one for one in preview["not_told"] if one["client_key"] == served.key("beta")]
    assert "Jo Frei has no slack address" in beta[0]["because"]


def test_an_audience_that_changed_since_the_preview_is_told_nothing(served: World) -> None:
    incident = incident_of(served)
    digest = shown(served, {"incident": incident, "kind": "initial"})["audience_digest"]
    served.client("gamma", systems=["storage"], plan="gold")

    bound = {**incident, "audience_digest": digest}
    answer = served.request("operate", "POST", "/v1/incidents", json=bound)

    assert answer.status_code == 409
    assert "preview" in answer.json()["detail"]
    assert served.received("jo") == []
