"""The two bodies of a mail, from the same parts."""

from __future__ import annotations

import css_inline
from markupsafe import Markup
from tocsin_contracts.words import Kind

from dispatcher.rendering import templates
from dispatcher.rendering.frame import Parts, preheader
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.state_word import state_word, tone

LAYOUT = "layout.html.j2"
_NO_ANSWER_BEFORE_OTHERS = frozenset({Kind.FEEDBACK_REQUEST})
"""Its links are an answer each, so that none may stand out."""
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)


def one_way_text(parts: Parts) -> str:
    """The same where no answer comes back: it says whom to call, as a chat message does."""
    return mail_text(parts, questions="chat_foot")


def mail_text(parts: Parts, questions: str = "questions") -> str:
    links = [f"{link.label}: {link.url}" for link in parts.links()]
    foot = [parts.line("foot")]
    preferences, label = parts.variables["reader"]["preferences_link"], parts.line("preferences")
    if preferences and label:
        foot.append(f"{label}: {preferences}")
    blocks = [
        *parts.of_frame("greeting"),
        *parts.of_frame("opening"),
        *parts.body(),
        *parts.of_frame("next"),
        *parts.own_or_frame(questions),
        "\n".join(links),
        *parts.of_kind("after_links"),
        "\n".join(filter(None, [parts.line("sign_off"), *foot])),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def mail_html(parts: Parts, notice: Notice, reading: Reading, subject: str) -> str:
    preferences = parts.variables["reader"]["preferences_link"]
    label = parts.line("preferences")
    page = templates.page(
        LAYOUT,
        {
            "language": reading.language.tag,
            "subject": subject,
            "preheader": preheader(parts, notice, reading),
            "sender": parts.variables["sender"],
            "state_word": state_word(notice, reading),
            "tone": tone(notice),
            "equal": notice.kind in _NO_ANSWER_BEFORE_OTHERS,
            "paragraphs": _markup(
                parts.of_frame("greeting", html=True)
                + parts.of_frame("opening", html=True)
                + parts.body(html=True)
            ),
            "next": " ".join(parts.of_frame("next")),
            "links": parts.links(),
            "before": _markup(parts.own_or_frame("questions", html=True)),
            "after": _markup(parts.of_kind("after_links", html=True)),
            "sign_off": parts.line("sign_off"),
            "foot": parts.line("foot"),
            "preferences": {"label": label, "url": preferences} if preferences and label else None,
        },
    )
    return _INLINER.inline(page)


def _markup(paragraphs: list[str]) -> list[Markup]:
    """Rendered by the escaping environment, or cleaned Markdown."""
    return [Markup(paragraph) for paragraph in paragraphs]  # noqa: S704
