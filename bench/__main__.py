"""``python -m bench [accept|latency|fanout|keep_word …]``: all of them by default.

Each starts from a fresh stack on this machine, measures beside its bare peer in the same run, and
says whether its aim was met. The exit code is 0 if every aim was.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench import accept, fanout, keep_word, latency
from devstack.stack_process import running_stack

BENCHMARKS = {
    "accept": accept.run,
    "latency": latency.run,
    "fanout": fanout.run,
    "keep_word": keep_word.run,
}
LONGEST_SECONDS = 600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    names = parser.parse_args().names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    met = [_measured(name) for name in names]
    return 0 if all(met) else 1


def _measured(name: str) -> bool:
    print(f"{name}: starting a fresh stack", file=sys.stderr, flush=True)
    with running_stack({"LOG_LEVEL": "warning"}) as stack:
        return asyncio.run(asyncio.wait_for(BENCHMARKS[name](stack), LONGEST_SECONDS))


if __name__ == "__main__":
    sys.exit(main())
