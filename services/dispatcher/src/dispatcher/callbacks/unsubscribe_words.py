"""The page of ``/unsubscribe``, in the four languages that messages are written in."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

CSS = (
    ":root{color-scheme:light dark;--ink:#1b2733;--paper:#fff;--ground:#eef1f4}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e8edf2;--paper:#1b2229;--ground:#12171c}}"
    "body{margin:0;background:var(--ground);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif}"
    "main{max-width:32rem;margin:2rem auto;padding:1.5rem;background:var(--paper);"
    "border-radius:.5rem}h1{font-size:1.25rem;margin:0 0 1rem}"
    "button{font:inherit;font-weight:600;padding:.6rem 1.1rem;border:0;border-radius:.4rem;"
    "background:var(--ink);color:var(--paper);cursor:pointer}"
)
_STYLE = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True)
class Words:
    title: str
    question: str
    button: str
    done: str
    unknown: str


WORDS = {
    "en": Words(
        "Fewer messages",
        "From now on, tell me of critical and major outages only, on every channel.",
        "Only critical and major outages",
        "Done: we tell you of critical and major outages only, on every channel. If that was a"
        " mistake, tell your contact with us; they can change it back.",
        "This link is not complete. Open it from the message again, or answer the message.",
    ),
    "de": Words(
        "Weniger Nachrichten",
        "Benachrichtigen Sie mich künftig nur noch bei kritischen und schweren Störungen, auf jedem"
        " Weg.",
        "Nur kritische und schwere Störungen",
        "Erledigt: Wir benachrichtigen Sie nur noch bei kritischen und schweren Störungen, auf"
        " jedem Weg."
        " War das ein Versehen, sagen Sie es Ihrem Ansprechpartner bei uns; er kann es"
        " rückgängig machen.",
        "Dieser Link ist unvollständig. Öffnen Sie ihn noch einmal aus der Nachricht, oder"
        " antworten Sie auf die Nachricht.",
    ),
    "fr": Words(
        "Moins de messages",
        "À l’avenir, ne me prévenez que des pannes critiques et majeures, quel que soit le canal.",
        "Seulement les pannes critiques et majeures",
        "C’est fait : nous ne vous prévenons plus que des pannes critiques et majeures, quel que"
        " soit le canal. Si c’était une erreur, dites-le à votre interlocuteur chez nous, qui peut"
        " revenir en arrière.",
        "Ce lien est incomplet. Ouvrez-le de nouveau depuis le message, ou répondez au message.",
    ),
    "es": Words(
        "Menos mensajes",
        "A partir de ahora, avísenme solo de averías críticas y graves, por cualquier canal.",
        "Solo averías críticas y graves",
        "Hecho: solo le avisaremos de averías críticas y graves, por cualquier canal. Si fue un"
        " error, dígaselo a su contacto con nosotros, que puede deshacerlo.",
        "Este enlace está incompleto. Ábralo de nuevo desde el mensaje, o responda al mensaje.",
    ),
}


def question_page(locale: str) -> str:
    words = words_of(locale)
    form = (
        '<form method="post"><input type="hidden" name="from" value="page">'
        f"<button>{escape(words.button)}</button></form>"
    )
    return _page(locale, words.title, f"<p>{escape(words.question)}</p>{form}")


def done_page(locale: str) -> str:
    words = words_of(locale)
    return _page(locale, words.title, f"<p>{escape(words.done)}</p>")


def refused_page() -> str:
    words = words_of("en")
    return _page("en", words.title, f"<p>{escape(words.unknown)}</p>")


def words_of(locale: str) -> Words:
    return WORDS.get(_language(locale), WORDS["en"])


def _page(locale: str, title: str, content: str) -> str:
    language = _language(locale) if _language(locale) in WORDS else "en"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{CSS}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{content}</main></body></html>\n"
    )


def _language(locale: str) -> str:
    return locale.partition("-")[0].partition("_")[0].lower()
