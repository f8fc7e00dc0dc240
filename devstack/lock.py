"""``make lock``: resolve every dependency anew, with hashes, for all systems at once.

The root lock holds what working on Tocsin needs; each service's own holds what its image installs,
at the same versions.
"""

from __future__ import annotations

import subprocess
import sys

from devstack.stack.layout import ROOT
from devstack.supervisor import SERVICES

OURS = ("contracts", "runtime", "cli", *SERVICES)
PROJECTS = ["libs/contracts", "libs/runtime", "cli", *(f"services/{name}" for name in SERVICES)]


def main() -> None:
    _compile(
        "requirements.in", *(f"{project}/pyproject.toml" for project in PROJECTS),
        output="requirements.lock",
    )  # fmt: skip
    for service in SERVICES:
        folder = f"services/{service}"
        _compile(
            f"{folder}/pyproject.toml", "-c", "requirements.lock",
            output=f"{folder}/requirements.lock",
        )  # fmt: skip


def _compile(*sources: str, output: str) -> None:
    ours = [option for name in OURS for option in ("--no-emit-package", f"tocsin-{name}")]
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal",
         "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11",
         "--no-annotate", "--no-header", *ours, *sources, "-o", output],
        cwd=ROOT, check=True,
    )  # fmt: skip
    print(output)


if __name__ == "__main__":
    main()
