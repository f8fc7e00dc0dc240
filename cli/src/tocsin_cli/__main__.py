"""The ``tocsin`` command."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Operate Tocsin from a terminal."""


if __name__ == "__main__":
    main()
