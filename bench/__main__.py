"""``python -m bench [audience|plan_render|timers|channels|accept|latency|fanout|keep_word …]``: all
of them by default.

Those of the chain start from a fresh stack on this machine and measure beside their bare peer in
the same run; those of a rule need none. Each says whether its aim was met; 0 if every aim was.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from bench import accept, audience, channels, fanout, keep_word, latency, plan_render, timers
from devstack.stack_process import running_stack

OF_A_RULE = {
    "audience": audience.run,
    "plan_render": plan_render.run,
    "timers": timers.run,
    "channels": channels.run,
}
OF_THE_CHAIN = {
    "accept": accept.run,
    "latency": latency.run,
    "fanout": fanout.run,
    "keep_word": keep_word.run,
}
NAMES = (*OF_A_RULE, *OF_THE_CHAIN)
LONGEST_SECONDS = 600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    names = parser.parse_args().names or list(NAMES)
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"no benchmark {unknown[0]}; there are {', '.join(NAMES)}")
    met = [_measured(name) for name in names]
    return 0 if all(met) else 1


def _measured(name: str) -> bool:
    if name in OF_A_RULE:
        return OF_A_RULE[name]()
    print(f"{name}: starting a fresh stack", file=sys.stderr, flush=True)
    with running_stack({"LOG_LEVEL": "warning"}) as stack:
        return asyncio.run(asyncio.wait_for(OF_THE_CHAIN[name](stack), LONGEST_SECONDS))


if __name__ == "__main__":
    sys.exit(main())
