"""The world outside Tocsin, in one process: mail server, Slack, webhook receivers.

It imports no service code. Services speak to it through the providers' own protocols and
libraries, with the base URL pointed here.
"""

from devstack.sandbox.server import Sandbox

__all__ = ["Sandbox"]
