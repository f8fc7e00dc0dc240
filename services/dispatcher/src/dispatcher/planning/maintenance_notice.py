"""What one message about planned work says: the event, and the facts about one client, frozen."""

from __future__ import annotations

from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind

from dispatcher.directory.view import View, own_plan, own_words, systems_as_called
from dispatcher.planning.notices import client_facts, manager_of, provider_facts
from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.notice import Notice


def maintenance_notice(
    notice_id: str,
    event: Event[e.MaintenanceEvent],
    kind: Kind,
    concerned: AudienceClient,
    client: Client | None,
    view: View,
) -> Notice:
    """``client`` ``None``: it is not in the directory any more, and nobody will read this."""
    about: dict[str, Any] = {}
    if client is not None:
        about = {
            "client": client_facts(client),
            "systems": systems_as_called(view, client, concerned.systems),
            "system_keys": concerned.systems,
            "via": tuple(view.system_name(key) for key in concerned.via),
            "account_manager": manager_of(view, client),
            "own_words": own_words(view, own_plan(view, concerned), kind),
        }
    return Notice(
        id=notice_id,
        kind=kind,
        at=event.time,
        provider=provider_facts(view),
        maintenance=MaintenanceFacts(window=event.data.window, **_specifics(event.data)),
        **about,
    )


def _specifics(data: e.MaintenanceEvent) -> dict[str, Any]:
    match data:
        case e.MaintenanceRescheduled():
            return {
                "starts_before": data.starts_before,
                "ends_before": data.ends_before,
                "reason": data.reason,
            }
        case e.MaintenanceCancelled():
            return {"reason": data.reason}
        case e.MaintenanceReminderDue():
            return {"hours_before": data.hours_before}
        case e.MaintenanceOverrun():
            return {"ends_before": data.ends_before, "message": data.reason}
        case e.MaintenanceEnded():
            return {"message": data.message}
        case _:
            return {}
