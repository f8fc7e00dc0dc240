"""What ``make run`` says once everything answers."""

from __future__ import annotations

from devstack.supervisor import Stack


def ready_text(stack: Stack) -> str:
    layout = stack.layout
    lines = {
        "API": f"{layout.url('incident-api')}/docs",
        "Inbox": f"{layout.url('sandbox')}/  (what people received)",
        "Dispatcher": layout.url("dispatcher"),
        "Escalation": layout.url("escalation"),
        "Logs": str(layout.logs),
        "Addresses and keys": str(layout.newest_stack_file),
    }
    body = "\n".join(f"  {name + ':':<20} {value}" for name, value in lines.items())
    return f"\nTocsin is up. Ctrl-C stops it.\n{body}\n"
