"""``python -m tocsin_contracts generate|check``, from a checkout."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tocsin_contracts.tooling import checks, generated


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tocsin_contracts",
        description="Make and check what is derived from the event models.",
    )
    parser.add_argument("command", choices=["generate", "check"])
    parser.add_argument("--home", type=Path, default=generated.HOME, help="libs/contracts")
    chosen = parser.parse_args(arguments)
    return generate(chosen.home) if chosen.command == "generate" else check(chosen.home)


def generate(home: Path) -> int:
    changed = generated.write(home)
    for path in changed:
        print(f"wrote {path}")
    print(f"{len(changed)} files changed")
    return 0


def check(home: Path) -> int:
    failed = False
    for done in checks.run(home):
        failed = failed or bool(done.problems)
        print(f"{'FAILED' if done.problems else 'ok':7} {done.name}")
        for line in (*done.problems, *done.notes):
            print(f"        {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
