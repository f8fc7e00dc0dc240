"""Who must be told of what, worked out afresh. Imports nothing of the system it judges."""

from collections import Counter
from typing import Any

Send = tuple[str, str, str]
"""Incident, channel, destination."""


def expected(directory: dict[str, Any], incidents: list[dict[str, Any]]) -> Counter[Send]:
    """How many different messages each destination must get of each incident."""
    sends: Counter[Send] = Counter()
    for incident in incidents:
        clients = concerned(directory, incident["system"])
        told = {send for client in clients for send in readers(directory, client, incident)}
        called = {send for client in clients for send in staff(directory, client, incident)}
        for channel, destination in told:
            sends[incident["name"], channel, destination] += 2 if incident["resolved"] else 1
        for channel, destination in called:
            sends[incident["name"], channel, destination] += 1
    return sends


def concerned(directory: dict[str, Any], broken: str) -> list[dict[str, Any]]:
    """Clients of the broken system, or of anything that stands on it."""
    down = {broken}
    for _ in directory["systems"]:
        down |= {s["key"] for s in directory["systems"] if down & set(s.get("depends_on", []))}
    return [client for client in directory["clients"] if down & set(client["systems"])]


def readers(
    directory: dict[str, Any], client: dict[str, Any], incident: dict[str, Any]
) -> set[tuple[str, str]]:
    plans = {plan["key"]: plan for plan in directory["communication_plans"]}
    rules = plans[client["communication_plan"]]["severities"][incident["severity"]]["notify"]
    meant = [(person, rule) for rule in rules for person in client["contacts"]
             if set(person["roles"]) & set(rule["roles"])]  # fmt: skip
    return {(ch, person[ch]) for person, rule in meant for ch in rule["channels"] if ch in person}


def staff(
    directory: dict[str, Any], client: dict[str, Any], incident: dict[str, Any]
) -> set[tuple[str, str]]:
    """Those whom the policy's first step brings in at once, for the most severe alone."""
    teams = {team["key"]: team for team in directory["account_teams"]}
    manager = teams[client["account_team"]]["account_manager"]
    return {("email", manager["email"])} if incident["severity"] == "sev1" else set()
