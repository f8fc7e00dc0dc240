"""The page of settings is what the settings classes say."""

from __future__ import annotations

from pathlib import Path

from tocsin_contracts.registry import SERVICES
from tocsin_runtime.settings_table import page, settings_class

PAGE = Path(__file__).resolve().parents[1] / "settings.md"


def test_the_page_is_what_is_made() -> None:
    made = page({service: settings_class(service) for service in SERVICES})
    assert PAGE.read_text() == made, (
        "out of date: python -m tocsin_runtime.settings_table > docs/settings.md"
    )
