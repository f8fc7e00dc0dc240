"""What we wrote was wrong: told to those who got it, mended for those who did not get it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin_contracts.directory import Client
from tocsin_contracts.events import IncidentCorrected, IncidentEvent
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.ids import uuid7

from dispatcher.directory.view import View, own_plan
from dispatcher.planning.clients import STALE, Occasion, Terms, is_stale
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.making import Making
from dispatcher.planning.model import Message, OpenRow, Target, Told, message_of
from dispatcher.planning.notices import History, client_notice
from dispatcher.planning.rules import client_targets
from dispatcher.rendering.notice import Notice

MENDED = "corrected before it was sent"
TAKEN_BACK = "it was to go to them by mistake, and was taken back before it was sent"


def stand_in(client_key: str, incident: IncidentEvent, history: History) -> AudienceClient:
    """A client that was told and has left the audience since; what it was told it is told of."""
    return AudienceClient(
        client_key=client_key,
        client_revision=0,
        plan_key="none",
        severity_entry=incident.incident.severity,
        systems=history.said.keys if history.said else (),
        because="was told what is corrected",
    )


def not_sent_yet(known: IncidentLedger, client_key: str, corrects: str) -> list[OpenRow]:
    """The rows that would say what is wrong."""
    return [
        row
        for row in known.open_of(client_key)
        if row.cause_id == corrects or corrects in _carried(known, row)
    ]


def correct_client(
    ledger: Ledger, view: View, terms: Terms, occasion: Occasion, got: Sequence[Told]
) -> None:
    """``got`` are those of this client whom the wrong message reached, or may have."""
    known = ledger.incident(occasion.event.subject)
    data = _data(occasion)
    rows = not_sent_yet(known, occasion.concerned.client_key, data.corrects)
    correction = Correction(ledger, view, terms, occasion, data)
    if not is_stale(occasion.event.time, terms):
        correction.mend(rows)
    correction.tell(got)


def _data(occasion: Occasion) -> IncidentCorrected:
    data = occasion.event.data
    if not isinstance(data, IncidentCorrected):
        raise TypeError(f"{data.event_type} corrects nothing")
    return data


@dataclass(frozen=True)
class Correction:
    """One correction as it concerns one client."""

    ledger: Ledger
    view: View
    terms: Terms
    occasion: Occasion
    data: IncidentCorrected

    @property
    def incident_id(self) -> str:
        return self.occasion.event.subject

    @property
    def known(self) -> IncidentLedger:
        return self.ledger.incident(self.incident_id)

    def mend(self, rows: Sequence[OpenRow]) -> None:
        """The same rows with the right words; none where there is nothing to say. What waits for a
        yes is planned anew, since another text needs another yes."""
        if self.data.right is None:
            self.ledger.supersede(self.incident_id, rows, TAKEN_BACK, DeliveryState.SKIPPED)
            return
        for message_id in dict.fromkeys(row.message_id for row in rows):
            notice = self.known.notices.get(message_id)
            if notice is not None:
                self._mend([r for r in rows if r.message_id == message_id], mend(notice, self.data))

    def _mend(self, rows: Sequence[OpenRow], notice: Notice) -> None:
        asked = [row for row in rows if row.approval_id is not None]
        if asked:
            told = [self.known.told.get(row.client_key, {}).get(_place(row)) for row in asked]
            self.ledger.supersede(self.incident_id, asked, MENDED, DeliveryState.SKIPPED)
            self._plan(notice, [one for one in told if one is not None])
            return
        message = replace(self._message(notice), cause_id=rows[0].cause_id)
        self.ledger.repoint(rows, message)

    def tell(self, got: Sequence[Told]) -> None:
        """Exactly those whom it reached."""
        client = self.view.clients.get(self.occasion.concerned.client_key)
        if client is None or not got:
            return
        history = self.known.histories.get(client.key, History())
        concerned, event = self.occasion.concerned, self.occasion.event
        notice = client_notice(
            uuid7(), event, Kind.CORRECTION, concerned, client, self.view, history
        )
        self._plan(_as_told(notice, history), got)

    def _plan(self, notice: Notice, readers: Sequence[Told]) -> None:
        client = self.view.clients.get(self.occasion.concerned.client_key)
        if client is None:
            return
        making = Making(
            concerned=self.occasion.concerned,
            plan=own_plan(self.view, self.occasion.concerned),
            zone=client.timezone,
            now=self.terms.now,
            instead=STALE if is_stale(self.occasion.event.time, self.terms) else None,
        )
        making.tell(self._message(notice), self._targets(client, readers))
        self.ledger.add(making.rows())

    def _targets(self, client: Client, readers: Sequence[Told]) -> list[Target]:
        """Whoever took somebody's place since has read nothing wrong."""
        targets = client_targets(
            self.view,
            client,
            (),
            severity=self.occasion.event.data.incident.severity,
            told=readers,
            channels=self.terms.channels,
            because=self.occasion.concerned.because,
        )
        people = {reader.person for reader in readers}
        return [target for target in targets if target.person in people]

    def _message(self, notice: Notice) -> Message:
        return message_of(notice, self.occasion.event, self.occasion.concerned.client_key)


def _place(row: OpenRow) -> tuple[str, Channel]:
    return row.person, row.channel


def mend(notice: Notice, data: IncidentCorrected) -> Notice:
    """``notice`` with the right words in place of the wrong ones."""
    update = notice.update
    if update is None or data.right is None:
        return notice
    right = "\n\n".join(filter(None, (data.right, data.action)))
    wrong = data.wrong.strip()
    said = update.message.replace(wrong, right) if wrong and wrong in update.message else right
    return notice.model_copy(
        update={"id": uuid7(), "update": update.model_copy(update={"message": said})}
    )


def _as_told(notice: Notice, history: History) -> Notice:
    """Of the systems that the wrong message spoke of: what joined since is told in an update."""
    if history.said is None:
        return notice
    return notice.model_copy(
        update={
            "systems": history.said.names,
            "system_keys": history.said.keys,
            "new_systems": (),
            "gone_systems": (),
        }
    )


def _carried(known: IncidentLedger, row: OpenRow) -> tuple[str, ...]:
    notice = known.notices.get(row.message_id)
    return notice.carries if notice else ()
