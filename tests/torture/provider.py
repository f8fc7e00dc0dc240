"""The provider of the run: systems on systems, clients on three channels, two account teams."""

from __future__ import annotations

from typing import Any

SYSTEMS: list[dict[str, Any]] = [
    {"key": "power", "name": "Power"},
    {"key": "storage", "name": "Storage", "depends_on": ["power"]},
    {"key": "mail", "name": "Mail", "depends_on": ["storage"]},
    {"key": "db", "name": "Database", "depends_on": ["storage"]},
    {"key": "shop", "name": "Shop", "depends_on": ["db"]},
    {"key": "vpn", "name": "VPN"},
    {"key": "phones", "name": "Phones", "depends_on": ["vpn"]},
]
USED = {
    "alba": ["mail"],
    "bora": ["shop"],
    "cima": ["mail", "phones"],
    "dora": ["vpn"],
    "elba": ["db", "mail"],
    "fano": ["phones"],
}
EVERYONE = {
    "notify": [
        {"roles": ["it_lead"], "channels": ["email", "slack"]},
        {"roles": ["ceo", "it_lead"], "channels": ["email"]},
        {"roles": ["noc"], "channels": ["webhook"]},
    ],
}
IT_ONLY = {"notify": [{"roles": ["it_lead"], "channels": ["email"]}]}
PROMISES = {"update_every_minutes": 60, "first_notice_within_minutes": 30}


def directory(sandbox_url: str) -> dict[str, Any]:
    return {
        "provider": {
            "name": "Torture",
            "timezone": "UTC",
            "noc_email": "noc@msp.example",
            # Every alert is counted by what it told, so none speaks for another.
            "linking": {"same_root_within_minutes": 0},
        },
        "systems": SYSTEMS,
        "clients": [_client(key, used, sandbox_url) for key, used in USED.items()],
        "account_teams": [_team("north"), _team("south")],
        "communication_plans": [_plan("gold", IT_ONLY), _plan("silver", EVERYONE)],
        "escalation_policies": [POLICY],
    }


def _client(key: str, systems: list[str], sandbox_url: str) -> dict[str, Any]:
    odd = list(USED).index(key) % 2
    return {
        "key": key,
        "name": key.title(),
        "timezone": "Europe/Berlin",
        "systems": systems,
        "account_team": "south" if odd else "north",
        "communication_plan": "silver" if odd else "gold",
        "contacts": [
            {
                "key": "it",
                "name": "It Lead",
                "roles": ["it_lead"],
                "email": f"it@{key}.example",
                "slack": f"C0{key.upper()}",
            },
            {"key": "boss", "name": "Boss", "roles": ["ceo"], "email": f"boss@{key}.example"},
            {
                "key": "noc",
                "name": "Noc",
                "roles": ["noc"],
                "email": f"noc@{key}.example",
                "webhook": f"{sandbox_url}/webhooks/{key}",
            },
        ],
    }


def _team(key: str) -> dict[str, Any]:
    manager = {"key": f"am-{key}", "name": f"Am {key}", "email": f"am-{key}@msp.example"}
    lead = {"key": f"lead-{key}", "name": f"Lead {key}", "email": f"lead-{key}@msp.example"}
    return {"key": key, "account_manager": manager, "escalation_manager": lead}


def _plan(key: str, lesser: dict[str, Any]) -> dict[str, Any]:
    entries = {"sev1": EVERYONE, "sev2": EVERYONE, "sev3": lesser}
    return {
        "key": key,
        "severities": {severity: {**entry, **PROMISES} for severity, entry in entries.items()},
        "group_minutes": 0,  # each outage is told by itself, so that each message can be counted
        "escalation_policy": "torture",
    }


POLICY = {
    "key": "torture",
    "steps": [
        {
            "trigger": {"severity_at_least": "sev1"},
            "after_minutes": 0,
            "notify": ["account_manager"],
            "channels": ["email"],
        },
        # Keeps the list from being exhausted while the run lasts.
        {
            "trigger": {"unresolved": True},
            "after_minutes": 600,
            "notify": ["escalation_manager"],
            "channels": ["email"],
        },
    ],
}
