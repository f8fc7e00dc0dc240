"""The incidents a payload opens: each alone, or part of one that began with the same systems."""

from __future__ import annotations

from collections.abc import Iterable

from incident_api.directory.view import DirectoryView
from incident_api.incidents.joining import Opening
from incident_api.incidents.opening import Draft
from incident_api.incidents.recording import Recording
from incident_api.incidents.same_root import part_of, root_key
from incident_api.sources.knowledge import Known
from incident_api.sources.mapping import Mapped


def roots_of(incoming: Iterable[Mapped], view: DirectoryView) -> frozenset[str]:
    """The roots of the incidents that firing alerts would open."""
    firing = (one for one in incoming if one.alert.status == "firing")
    keys = (root_key(view, one.system_keys, drill=False) for one in firing)
    return frozenset(key for key in keys if key is not None)


def claim_again(recordings: Iterable[Recording], known: Known, view: DirectoryView) -> None:
    """What an alert has reopened takes in later ones again, unless another does so by now."""
    held = {one.root_key for one in known.incidents.values() if one.status.is_open}
    for recording in recordings:
        incident = recording.incident
        reopened = incident.status.is_open and not recording.before.status.is_open
        key = root_key(view, incident.system_keys, drill=incident.drill) if reopened else None
        if key is not None and key not in held and incident.parent_id is None:
            recording.change(root_key=key)
            held.add(key)


class Openings:
    """``recordings`` holds each incident that may take others in, and each that was opened."""

    def __init__(self, recordings: dict[str, Recording], known: Known) -> None:
        self._recordings = recordings
        self._board = known.board
        self.released: list[str] = []
        """Those that no later one becomes part of any more: a worse or a newer one is there."""

    def open(self, draft: Draft, opening: Opening) -> Recording:
        view = opening.view
        key = root_key(view, draft.system_keys, drill=draft.drill)
        holder = self._holder(key)
        if holder is not None:
            linking = view.provider.linking
            reason = part_of(holder.incident, draft.severity, linking, opening.now)
            if reason is not None:
                return opening.part_of(draft, holder, reason)
            holder.change(root_key=None)
            self.released.append(holder.incident.id)
        opened = opening.alone(draft)
        opened.change(root_key=key)
        return opened

    def _holder(self, key: str | None) -> Recording | None:
        """One that this very payload ends takes nobody in."""
        if key is None:
            return None
        holders = (one for one in self._recordings.values() if one.incident.root_key == key)
        return next((h for h in holders if self._board.incidents[h.incident.id].is_open), None)
