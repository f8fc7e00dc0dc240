"""Characters that turn the direction of text turn nothing but their own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_api.incidents.bodies import NewIncident, NewUpdate
from incident_api.sources.text import one_line, several_lines
from incident_api.text_direction import settled
from pydantic import ValidationError

RLE, PDF, LRO, RLO = "\u202b", "\u202c", "\u202d", "\u202e"
LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Mail is down", "Mail is down"),
        (f"invoice{RLO}gpj.exe", "invoicegpj.exe"),
        (f"a{LRO}b{PDF}c", "abc"),
        (f"a {RLI}שלום{PDI} b", f"a {RLI}שלום{PDI} b"),
        (f"a {RLE}שלום{PDF} b", f"a {RLE}שלום{PDF} b"),
        (f"a {RLI}b", "a b"),
        (f"a {PDI}b{PDF}", "a b"),
        (f"{LRI}a{RLE}b{PDI}c", f"{LRI}ab{PDI}c"),
        (f"{RLI}a\nb{PDI}", "a\nb"),
        ("مراقبة", "مراقبة"),
    ],
)
def test_what_is_kept(given: str, kept: str) -> None:
    assert settled(given) == kept


@given(st.text(alphabet=f"a\n{RLE}{PDF}{LRO}{RLO}{LRI}{RLI}{PDI}"))
def test_what_is_settled_stays_and_loses_no_letter(text: str) -> None:
    once = settled(text)
    assert settled(once) == once
    assert once.count("a") == text.count("a")
    for line in once.split("\n"):
        assert line.count(LRI) + line.count(RLI) == line.count(PDI)
        assert line.count(RLE) == line.count(PDF)
        assert RLO not in line


def test_it_holds_for_operators_and_for_tools() -> None:
    sound = {"title": f"Mail{RLO} EU", "severity": "sev1", "impact": f"{RLI}No mail."}
    incident = NewIncident.model_validate(sound)
    assert (incident.title, incident.impact) == ("Mail EU", "No mail.")
    assert NewUpdate.model_validate({"message": f"Wait.{RLO}"}).message == "Wait."
    assert (one_line(f"Mail{RLO} EU"), several_lines(f"a\n{RLI}b")) == ("Mail EU", "a\nb")
    assert one_line(f"{RLI}{'x' * 20}{PDI}", limit=10) == "x" * 8 + "…"


def test_a_title_of_nothing_else_is_empty() -> None:
    with pytest.raises(ValidationError):
        NewIncident.model_validate({"title": RLO, "severity": "sev1"})
