"""What a message says, whatever the links in it open: these are one reader's alone."""

from __future__ import annotations

BASE = "https://tocsin.example/"


def without_links(text: str) -> str:
    plain = "\n".join(line for line in text.splitlines() if BASE not in line)
    return plain.replace("\n\n\n", "\n\n")
