"""The incident API, asked; whatever is wrong is one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
import httpx

SECONDS = 30.0


class Refused(click.ClickException):
    """What the command ends with; 2, so that 1 can say that something was found."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"tocsin: {self.format_message()}", err=True, file=file)


def post(url: str, key: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer's object. Raises :class:`Refused`."""
    try:
        answer = httpx.post(
            f"{url.rstrip('/')}{path}",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=SECONDS,
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        why = str(error) or type(error).__name__
        raise Refused(f"{url} does not answer ({why}); is TOCSIN_URL right?") from error
    return _read(answer, url)


def _read(answer: httpx.Response, url: str) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused(f"{url} answered {answer.status_code} and no JSON; is TOCSIN_URL right?")
    if answer.is_success:
        return found
    raise Refused(_sentence(found, answer.status_code))


def _sentence(problem: Mapping[str, Any], status: int) -> str:
    """The first wrong place and what is wrong there, else what the problem says."""
    if status == 401:
        return "The key is not accepted; put one that may read into TOCSIN_KEY."
    errors = problem.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"{errors[0].get('pointer')}: {errors[0].get('detail')}{more}"
    return str(problem.get("detail") or problem.get("title") or f"It answered {status}.")
