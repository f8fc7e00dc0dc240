"""The formats ``POST /v1/ingest/{format}`` takes. A new one is one file and one line here."""

from __future__ import annotations

from incident_api.sources import alertmanager, generic
from incident_api.sources.model import Format

FORMATS: dict[str, Format] = {
    "alertmanager": alertmanager.parse,
    "generic": generic.parse,
}
