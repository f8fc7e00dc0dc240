"""Every kind in every form, word for word. ``UPDATE_GOLDEN=1 pytest …`` writes them anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.dispatcher.tests.rendering.forms import FORMS
from services.dispatcher.tests.rendering.story import EVERY_KIND

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_message_is_word_for_word_what_was_agreed(kind: str, form: str) -> None:
    path = GOLDEN / f"{kind}.{form}"
    written = FORMS[form](EVERY_KIND[kind]())
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")

    assert written == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{kind}.{form}" for kind in EVERY_KIND for form in FORMS}

    assert {path.name for path in GOLDEN.iterdir()} == wanted
