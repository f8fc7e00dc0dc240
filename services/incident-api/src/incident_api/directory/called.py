"""Systems by the names that a client itself uses."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin_contracts.directory import Client

from incident_api.directory.view import DirectoryView


def as_called(view: DirectoryView, client: Client, keys: Iterable[str]) -> tuple[str, ...]:
    """What is no longer in the directory is left out."""
    own = {use.key: use.called for use in client.systems}
    return tuple(own.get(key) or view.systems[key].name for key in keys if key in view.systems)
