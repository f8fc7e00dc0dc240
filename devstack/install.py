"""Make ``.venv`` what ``requirements.lock`` says, from a bare Python; run by ``make install``.

Uses the standard library alone, since nothing else is there yet, and no syntax newer than it has to
explain itself to an old interpreter with.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)
PIP = ("--disable-pip-version-check", "--no-input")
SAY_EVERY = 25


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            "Tocsin needs Python 3.11 or newer, and this is {}.{}; name another one: "
            "make PYTHON=python3.12 ...".format(*sys.version_info[:2])
        )
    if not (VENV / "bin" / "pip").exists():
        print("Making the virtual environment .venv", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], _NO_VENV)
    _install_locked()
    _run([*_pip(), "--no-deps", "--no-build-isolation", *_editable(sys.argv[1:])], _NO_INSTALL)
    (VENV / ".installed").touch()


_NO_VENV = "The virtual environment could not be made; on Debian and Ubuntu, install python3-venv."
_NO_INSTALL = "pip could not install what is needed; its reason is above. Then try again."


def _pip() -> list[str]:
    return [str(VENV / "bin" / "python"), "-m", "pip", "install", *PIP]


def _editable(projects: list[str]) -> list[str]:
    return [part for project in projects for part in ("-e", str(ROOT / project))]


def _install_locked() -> None:
    """pip's own output, told in one line; where pip fails, its last lines are shown."""
    wanted = sum("==" in line for line in LOCK.read_text().splitlines())
    print(f"Installing up to {wanted} packages as locked", flush=True)
    command = [*_pip(), "--require-hashes", "-r", str(LOCK), "--progress-bar", "off"]
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines, found = [], 0
    assert pip.stdout is not None
    for line in pip.stdout:
        lines.append(line)
        if line.startswith(("Collecting", "Installing")):
            found += 1
            _show(line.split(" (")[0].strip(), found)
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    if pip.wait() != 0:
        sys.exit("".join(lines[-15:]) + _NO_INSTALL)


def _show(text: str, count: int) -> None:
    """One line that changes, on a terminal; elsewhere a line now and then."""
    if sys.stdout.isatty():
        print(f"\r\033[K  {count} {text[:70]}", end="", flush=True)
    elif count % SAY_EVERY == 0 or text.startswith("Installing"):
        print(f"  {count} {text[:70]}", flush=True)


def _run(command: list[str], problem: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout[-2000:] + problem)


if __name__ == "__main__":
    main()
