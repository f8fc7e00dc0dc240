"""An incident's promises, client by client, as they are answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import PromiseState

from incident_api.promises.kept import late_by
from incident_api.promises.model import Promised
from incident_api.reporting.counting import Questions
from incident_api.web.shown import plain


def sla_shown(
    promised: Sequence[Promised],
    audience: Iterable[AudienceClient],
    questions: Mapping[str, Questions],
) -> list[dict[str, Any]]:
    """``promised`` by client and moment, ``questions`` by client key.

    A client without any promise has an entry too.
    """
    plans = {client.client_key: client.plan_key for client in audience}
    by_client = {key: list(rows) for key, rows in groupby(promised, key=lambda p: p.client_key)}
    return [
        {
            "client_key": key,
            "plan_key": plans.get(key),
            "kept": sum(one.kept for one in by_client.get(key, ())),
            "broken": sum(one.state is PromiseState.BREACHED for one in by_client.get(key, ())),
            "promises": [_promise(one) for one in by_client.get(key, ())],
            "questions": asdict(questions.get(key, Questions())),
        }
        for key in sorted({*plans, *by_client})
    ]


def _promise(one: Promised) -> dict[str, Any]:
    return {
        "promise": one.promise,
        "state": one.state,
        "due_at": plain(one.due_at),
        "done_at": plain(one.done_at),
        "late_minutes": late_by(one),
        "reason": one.reason,
        "by_holding_notice": one.by_holding_notice,
        "every_minutes": one.every_minutes,
    }
