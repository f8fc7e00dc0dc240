"""Escalations as operators see and answer them; the escalation service decides."""
