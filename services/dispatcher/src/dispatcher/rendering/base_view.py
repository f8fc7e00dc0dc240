"""What every message may say, whatever it is about, as the variables of its template."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dispatcher.rendering.facts import Named
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.phones import as_read
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich, ended, one_line, shortened

LONGEST_NAME = 120
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’»)]*\s+(?=[^\Wa-zà-ÿ_]|[\"'“„«¿¡(])")


def base_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """Names are one line, people's texts are :class:`Rich`, moments are ``When``.

    A variable without a value is ``None``.
    """
    return {
        "kind": notice.kind.value,
        "ref": notice.ref,
        "severity": None,
        "drill": notice.drill,
        "provider": one_line(notice.provider.name),
        "desk_phone": as_read(notice.provider.desk_phone),
        "next_update": reading.at(notice.next_update_due),
        "late_promise": reading.at(notice.late_promise),
        "now": reading.at(notice.at),
        "message": None,
        **_client(notice, reading),
        **_contact(notice),
        **_systems(notice, reading),
        "line": line_of,
        "sentence": sentence_of,
        "plural": _plural(reading),
    }


def _client(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``client`` for a sentence, ``client_name`` in full."""
    client = notice.client
    name = cut_name(client.name if client else None)
    called = cut_name(client.called if client else None)
    return {
        "client": called or name or reading.phrase("no_client"),
        "client_name": name or reading.phrase("no_client"),
        "of_client": client is not None,
    }


def _contact(notice: Notice) -> dict[str, Any]:
    """Whom the reader may call: ``contact`` with ``phone``, else only the desk's ``phone``."""
    person, phone = _person(notice), _phone(notice)
    manager = notice.account_manager
    return {
        "contact": cut_name(person.name) if person and phone else None,
        "phone": phone,
        "taken": notice.taker is not None,
        "account_manager": one_line(manager.name if manager else None),
    }


def _systems(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``one`` says whether the verb stands in the singular."""
    names = tuple(shortened(name, LONGEST_NAME) for name in map(one_line, notice.systems) if name)
    key = "no_system" if notice.client else "no_system_staff"
    system = reading.names(names) or reading.phrase(key)
    return {
        "named": bool(names),
        "system": system,
        "System": system if names else system[:1].upper() + system[1:],
        "systems": names,
        "one": len(names) < 2,
        "every_system": reading.names(names, most=len(names)) if len(names) > 3 else None,
    }


def _phone(notice: Notice) -> str | None:
    """The contact's own number, else the service desk's."""
    person = _person(notice)
    return as_read(person.phone if person else None) or as_read(notice.provider.desk_phone)


def _person(notice: Notice) -> Named | None:
    """Whoever took the contact; else the account manager, if there is a number of their own."""
    manager = notice.account_manager
    return notice.taker or (manager if manager and manager.phone else None)


def cut_name(name: str | None) -> str | None:
    cleaned = one_line(name)
    return shortened(cleaned, LONGEST_NAME) if cleaned else None


def line_of(text: Rich | None, longest: int = 300) -> str | None:
    """A person's text as one line of a chat message."""
    return shortened(text.line, longest) if text else None


def sentence_of(text: Rich | None, longest: int = 100) -> str | None:
    """A person's first sentence with its capital and its end, if all of it has room."""
    if text is None:
        return None
    first = _SENTENCE_END.split(text.line, maxsplit=1)[0]
    closed = ended(Rich(first.rstrip(":;,")))
    whole = closed.line if closed else ""
    return whole[:1].upper() + whole[1:] if 0 < len(whole) <= longest else None


def _plural(reading: Reading) -> Callable[[int, str, str], str]:
    """``plural(2, "update", "updates")``, by the rule of the language."""

    def plural(count: int, one: str, many: str) -> str:
        return one if reading.language.locale.plural_form(count) == "one" else many

    return plural
