"""What is wrong with a value, in plain words: pydantic's own speak of its types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Context = Mapping[str, Any]

_PLAIN = {
    "missing": "This field is needed.",
    "extra_forbidden": "There is no such field.",
    "string_unicode": "This text holds half of a surrogate pair, which is not valid Unicode.",
    "timezone_aware": "This time needs an offset, such as 2026-11-24T09:52:00+01:00.",
}

_MUST_BE = {
    "a list": ("tuple_type", "list_type", "set_type", "frozen_set_type"),
    "text": ("string_type",),
    "true or false": ("bool_type", "bool_parsing"),
    "a whole number": ("int_type", "int_parsing", "int_from_float"),
    "a number": (
        *("float_type", "float_parsing", "finite_number"),
        *("decimal_type", "decimal_parsing"),
    ),
    "an object with fields": ("dict_type", "model_type", "model_attributes_type"),
    "a time such as 2026-11-24T09:52:00+01:00": (
        *("datetime_type", "datetime_parsing", "datetime_from_date_parsing"),
        *("datetime_object_invalid",),
    ),
}

_PATTERNS = {
    r"^[a-z0-9][a-z0-9._-]{0,62}$": (
        "This must be a key: lower-case letters, digits, dot, dash or underscore, at most 63,"
        " beginning with a letter or digit."
    ),
    r"^[^@\s]+@[^@\s]+$": "This must be an email address.",
}


def _too_short(context: Context, what: str) -> str:
    least = context.get("min_length", 1)
    return "This must not be empty." if least == 1 else f"This needs at least {least} {what}."


def _number(limit: Any) -> str:
    return str(int(limit) if limit == int(limit) else limit)


_WITH_CONTEXT: dict[str, Callable[[Context], str]] = {
    "string_too_short": lambda c: _too_short(c, "characters"),
    "too_short": lambda c: _too_short(c, "entries"),
    "string_too_long": lambda c: f"This must have at most {c['max_length']} characters.",
    "too_long": lambda c: f"This must have at most {c['max_length']} entries.",
    "greater_than": lambda c: f"This must be more than {_number(c['gt'])}.",
    "greater_than_equal": lambda c: f"This must be {_number(c['ge'])} or more.",
    "less_than": lambda c: f"This must be less than {_number(c['lt'])}.",
    "less_than_equal": lambda c: f"This must be {_number(c['le'])} or less.",
    "enum": lambda c: f"This must be {c['expected']}.",
    "literal_error": lambda c: f"This must be {c['expected']}.",
    "string_pattern_mismatch": lambda c: _PATTERNS.get(
        c["pattern"], "This is not written the way this field needs it."
    ),
}

_BY_TYPE = {
    **_PLAIN,
    **{name: f"This must be {what}." for what, names in _MUST_BE.items() for name in names},
}


def causes(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """``errors`` without those of lists that are too short only since an entry of theirs is wrong:
    pydantic counts the sound ones."""
    found = list(errors)
    return [
        one
        for one in found
        if one["type"] != "too_short"
        or not any(_lies_below(other["loc"], one["loc"]) for other in found)
    ]


def _lies_below(location: Sequence[Any], above: Sequence[Any]) -> bool:
    return len(location) > len(above) and tuple(location[: len(above)]) == tuple(above)


def sentence(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence; ours (``value_error``) is one already."""
    kind = str(error["type"])
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if kind in _WITH_CONTEXT:
        return _WITH_CONTEXT[kind](error.get("ctx", {}))
    message = str(error["msg"]).removeprefix("Value error, ")
    message = message.replace("Input should be", "This must be")
    return message if message.endswith(".") else message + "."
