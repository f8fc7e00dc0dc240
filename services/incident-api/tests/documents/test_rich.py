"""What people wrote becomes text in blocks, whatever they wrote."""

from __future__ import annotations

from incident_api.documents.naming import everyday, file_name
from incident_api.documents.rich import blocks


def told(text: str) -> list[tuple[str | None, str]]:
    return [(one.marker, "".join(span.text for span in one.spans)) for one in blocks(text)]


def test_paragraphs_lists_and_line_breaks() -> None:
    text = "We moved it.\nThen we waited.\n\n1. First\n2. Second\n   - inside\n\nDone."
    assert told(text) == [
        (None, "We moved it.\nThen we waited."),
        ("1.", "First"),
        ("2.", "Second"),
        ("•", "inside"),
        (None, "Done."),
    ]


def test_emphasis_and_code_are_kept_apart() -> None:
    (block,) = blocks("**Cause:** a *storage* `ctl` failed")
    styled = {span.text: (span.bold, span.italic, span.code) for span in block.spans}
    assert styled["Cause:"] == (True, False, False)
    assert styled["storage"] == (False, True, False)
    assert styled["ctl"] == (False, False, True)


def test_html_is_text() -> None:
    assert told("<script>alert(1)</script> <b>x</b>") == [
        (None, "<script>alert(1)</script> <b>x</b>")
    ]


def test_only_links_that_lead_to_a_page_or_a_mailbox_are_links() -> None:
    text = "[a](https://x.example) [b](javascript:alert(1)) [c](data:text/html,x) [d](file:///etc)"
    (block,) = blocks(text)
    assert [span.href for span in block.spans if span.href] == ["https://x.example"]


def test_nothing_is_no_block_and_too_much_is_cut() -> None:
    assert blocks(None) == blocks("") == ()
    (long,) = blocks("x" * 200_000)
    assert len(long.spans[0].text) == 50_000


def test_deep_nesting_is_bounded() -> None:
    assert blocks(">" * 5000 + "x") is not None
    assert blocks("- " * 5000 + "x") is not None


def test_a_files_name_is_plain_on_every_machine() -> None:
    parts = ("Nordlicht IT", "Mail EU", "2026-11-24", everyday("ACME GmbH"))
    assert file_name(parts, ".pdf") == "Nordlicht-IT_Mail-EU_2026-11-24_ACME.pdf"
    nasty = file_name(('../..\\x"\r\n', "Zürich & Söhne", "日本"), ".pdf")
    assert nasty == "x_Zurich-Sohne.pdf"


def test_a_companys_everyday_name_has_no_legal_form() -> None:
    names = ("ACME GmbH", "Brill AG", "Birch, Ltd.", "Zeta GmbH & Co. KG", "Usage", "AG")
    assert [everyday(name) for name in names] == ["ACME", "Brill", "Birch", "Zeta", "Usage", "AG"]
