"""The whole system on one machine: backing services, supervisor, sandbox, demo."""
