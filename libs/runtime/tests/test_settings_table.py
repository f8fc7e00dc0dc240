"""The page of settings: what all share first, then what each service adds or decides otherwise."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic import Field, SecretStr
from tocsin_runtime.settings import RuntimeSettings
from tocsin_runtime.settings_table import page


class Settings(RuntimeSettings):
    mail_host: str = Field(description="Where mail goes; a | in a name is kept.")
    mail_tls: Literal["none", "starttls"] = Field(default="none", description="How.")
    mail_password: SecretStr | None = Field(default=None, description="For the mail host.")
    connections: int = Field(default=8, description="Kept open.")
    names: dict[str, str] = Field(default_factory=dict, description="By key.")
    loud: bool = Field(default=True, description="Say so.")
    http_port: int = Field(default=9000, description="Another port than the others'.")


class Plain(RuntimeSettings):
    pass


class Silent(RuntimeSettings):
    nobody_knows: str = "why"


def test_each_setting_is_a_row() -> None:
    rows = page({"mailer": Settings}).split("## mailer")[1]
    assert "| `MAIL_HOST` | text | must be given | Where mail goes; a \\| in a name" in rows
    assert "| `MAIL_TLS` | `none` `starttls` | `none` | How. |" in rows
    assert "| `MAIL_PASSWORD` | secret | none | For the mail host. |" in rows
    assert "| `CONNECTIONS` | whole number | `8` | Kept open. |" in rows
    assert "| `NAMES` | JSON | none | By key. |" in rows
    assert "| `LOUD` | true or false | `true` | Say so. |" in rows


def test_what_all_share_stands_once_unless_a_service_decides_otherwise() -> None:
    shared, own = page({"mailer": Settings}).split("## mailer")
    assert "`DATABASE_URL`" in shared
    assert "`DATABASE_URL`" not in own
    assert "`HTTP_PORT` | whole number | `9000`" in own


def test_a_service_without_settings_of_its_own_says_so() -> None:
    assert "## plain\n\nNothing of its own." in page({"plain": Plain})


def test_a_setting_without_description_is_refused() -> None:
    with pytest.raises(ValueError, match="NOBODY_KNOWS has no description"):
        page({"silent": Silent})
