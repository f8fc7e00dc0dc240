"""Who is on duty once a change of the directory is in force, for the directory's writer."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts.staff import Duty
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

from incident_api.directory.apply import Roster
from incident_api.directory.document import Entries
from incident_api.directory.presence import Presence, Rostered
from incident_api.duty import store
from incident_api.duty.expanding import duties_following


def roster(clock: Clock) -> Roster:
    """A new rota counts at once; a new calendar once it was read, which is a moment later."""

    async def read(conn: Connection, presence: Presence) -> Rostered:
        readings = await store.readings(conn)
        now = clock.now()

        def rostered(before: Entries, after: Entries) -> Mapping[str, Duty]:
            return duties_following(before, after, presence.duties, readings, now)

        return rostered

    return read
