"""Why a client is told, in one sentence for the operator who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tocsin_contracts.directory import System

from incident_api.audience.blast_radius import BlastRadius

MOST_NAMED = 3


def because(
    client_name: str,
    used: Sequence[str],
    radius: BlastRadius,
    systems: Mapping[str, System],
    *,
    named: bool,
) -> str:
    """``used``: the affected systems the client uses; ``named``: the incident names the client."""
    if not used:
        return f"{client_name} is named in the incident"
    uses = _listed([_with_way_down(key, radius, systems) for key in used])
    also = ", and is named in the incident" if named else ""
    return f"{client_name} uses {uses}{also}"


def _with_way_down(key: str, radius: BlastRadius, systems: Mapping[str, System]) -> str:
    """ "Mail EU, which depends on Storage EU, which depends on SAN 2"."""
    return ", which depends on ".join(systems[step].name for step in radius.path(key))


def _listed(parts: list[str]) -> str:
    shown, more = parts[:MOST_NAMED], len(parts) - MOST_NAMED
    if more > 0:
        shown.append(f"{more} more affected " + ("system" if more == 1 else "systems"))
    if len(shown) == 1:
        return shown[0]
    return "; ".join(shown[:-1]) + "; and " + shown[-1]
