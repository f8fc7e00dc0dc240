"""Every kind in every form and language, word for word.

``UPDATE_GOLDEN=1 pytest …`` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dispatcher.rendering.language import available

from services.dispatcher.tests.rendering.forms import FORMS
from services.dispatcher.tests.rendering.story import EVERY_KIND, OF_NO_OUTAGE, TOLD, reader_of

GOLDEN = Path(__file__).parent / "golden"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"


SAID = [*TOLD, *((language, name) for language in sorted(available()) for name in OF_NO_OUTAGE)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("language", "kind"), SAID)
def test_the_message_is_word_for_word_what_was_agreed(language: str, kind: str, form: str) -> None:
    path = GOLDEN / language / f"{kind}.{form}"
    made = (EVERY_KIND | OF_NO_OUTAGE)[kind]()
    written = FORMS[form](made, reader_of(made, language))
    if UPDATE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, encoding="utf-8")

    assert written == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{language}/{kind}.{form}" for language, kind in SAID for form in FORMS}

    assert {str(path.relative_to(GOLDEN)) for path in GOLDEN.glob("*/*")} == wanted
