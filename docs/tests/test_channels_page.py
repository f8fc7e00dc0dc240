"""What the page shows of the channel it adds stands in that channel's file."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


def test_the_code_on_the_page_is_the_channels_own() -> None:
    shown = PYTHON.findall((DOCS / "channels.md").read_text())
    channel = (DOCS / "example_channel" / "ntfy.py").read_text()

    assert shown[0] in channel
