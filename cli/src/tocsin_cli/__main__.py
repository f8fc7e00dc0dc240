"""The ``tocsin`` command."""

from __future__ import annotations

import click

from tocsin_cli.simulating import lint, simulate


@click.group()
def main() -> None:
    """Operate Tocsin from a terminal."""


main.add_command(simulate)
main.add_command(lint)


if __name__ == "__main__":
    main()
