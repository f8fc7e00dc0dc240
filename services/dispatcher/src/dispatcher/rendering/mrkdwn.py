"""Markdown's tokens as Slack's own markup.

docs.slack.dev, "Formatting text for app surfaces": *bold*, _italic_, ~strike~, `code`, <url|words>;
of what people write ``&``, ``<`` and ``>`` are escaped, so nobody can be mentioned by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from dispatcher.rendering.plain import Writer, written

_MARKS = {
    "strong_open": "*",
    "strong_close": "*",
    "em_open": "_",
    "em_close": "_",
    "s_open": "~",
    "s_close": "~",
}


def mrkdwn(tokens: Sequence[Token]) -> str:
    return written(tokens, _Writer(_inline))


def escaped(text: str) -> str:
    """These three and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Writer(Writer):
    bullet = "• "

    def _fence(self, token: Token) -> None:
        self.lines.append(f"```\n{escaped(token.content.rstrip())}\n```")
        self._gap()


def _inline(children: Sequence[Token]) -> str:
    said = ""
    for child in children:
        match child.type:
            case "text":
                said += escaped(child.content)
            case "code_inline":
                said += f"`{escaped(child.content)}`"
            case "softbreak" | "hardbreak":
                said += "\n"
            case "link_open":
                said += f"<{_url(str(child.attrGet('href') or ''))}|"
            case "link_close":
                said += ">"
            case other:
                said += _MARKS.get(other, "")
    return said


def _url(href: str) -> str:
    return href.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")
