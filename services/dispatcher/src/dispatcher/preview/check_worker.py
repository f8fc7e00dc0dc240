"""``python -m dispatcher.preview.check_worker``: tries variants in a process that may be killed.

A line of JSON in, ``{"variant", "kind"}``; a line out, ``{"faults": [{"pointer", "detail"}]}``. It
says that it is ready with an empty line.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict

from tocsin_contracts.directory import TemplateVariant
from tocsin_contracts.words import Kind

from dispatcher.preview.template_rules import faults_of
from dispatcher.rendering.language import load_all

MOST_MEMORY = 1024**3


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    load_all()
    _answer("")
    for line in sys.stdin:
        asked = json.loads(line)
        variant = TemplateVariant.model_validate(asked["variant"], extra="ignore")
        faults = faults_of(variant, Kind(asked["kind"]))
        _answer(json.dumps({"faults": [asdict(fault) for fault in faults]}))


def _answer(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
