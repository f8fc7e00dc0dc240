"""What makes the contracts readable and safe for others: schemas, examples, AsyncAPI, checks.

Never imported by a service. ``python -m tocsin_contracts generate|check`` is the way in.
"""
