"""Steps that can never call anybody, whatever happens. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tocsin_contracts.directory import Client
from tocsin_contracts.policies import ChainKind, EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.policies import UnreachableContact as Unreachable
from tocsin_contracts.words import Severity

from escalation.linting.whole import Whole

EVERY = frozenset(Severity)


def why_never(policy: EscalationPolicy, step: PolicyStep, whole: Whole) -> str | None:
    """Why ``step`` never calls anybody, in a clause; ``None``: it may."""
    return next(_reasons(policy, step, whole), None)


def _reasons(policy: EscalationPolicy, step: PolicyStep, whole: Whole) -> Iterator[str]:
    clients = limited(step, whole.users.get(policy.key, ()))
    if not clients:
        yield "it is limited to clients that do not have this policy"
    if step.hours is not None and not step.hours.days:
        yield "its hours are open on no day"
    yield from impossible(step.trigger, policy.chain, clients, whole)
    if not severities_of(step.trigger) & frozenset(step.severities or EVERY):
        yield "its conditions and its severities leave no severity at which it may call"


def severities_of(trigger: Trigger) -> frozenset[Severity]:
    """The severities at which ``trigger`` may be true."""
    if trigger.all is not None:
        return EVERY.intersection(*map(severities_of, trigger.all))
    if trigger.any is not None:
        return frozenset().union(*map(severities_of, trigger.any))
    least = trigger.severity_at_least
    return EVERY if least is None else frozenset(s for s in EVERY if s.at_least(least))


def impossible(
    trigger: Trigger, chain: ChainKind, clients: Sequence[Client], whole: Whole
) -> Iterator[str]:
    """Why ``trigger`` is never true for any of ``clients``."""
    if trigger.all is not None:
        for part in trigger.all:
            yield from impossible(part, chain, clients, whole)
        return
    if trigger.any is not None:
        each = [list(impossible(part, chain, clients, whole)) for part in trigger.any]
        if each and all(each):
            yield from each[0]
        return
    yield from _alone(trigger, chain, clients, whole)


def _alone(
    trigger: Trigger, chain: ChainKind, clients: Sequence[Client], whole: Whole
) -> Iterator[str]:
    if trigger.unconfirmed and chain is ChainKind.ACCOUNT:
        yield "only a client's own escalation process waits for a confirmation"
    named = trigger.client_affected
    if named is not None and named not in whole.clients:
        yield f"there is no client '{named}'"
    least = trigger.clients_affected_at_least
    if least is not None and least > len(whole.clients):
        yield f"there are only {len(whole.clients)} clients, not {least}"
    if isinstance(trigger.contact_unreachable, Unreachable):
        yield from _nobody_watched(trigger.contact_unreachable, clients)
    if trigger.question_unanswered and not any(_promises_answers(c, whole) for c in clients):
        yield "no plan of its clients promises an answer within a time"


def _nobody_watched(watched: Unreachable, clients: Sequence[Client]) -> Iterator[str]:
    tags = set(watched.client_tags)
    tagged = [client for client in clients if not tags or tags & set(client.tags)]
    if not tagged:
        yield "none of its clients has a tag that its condition names"
        return
    roles = {role for client in tagged for contact in client.contacts for role in contact.roles}
    if watched.roles and not roles & set(watched.roles):
        yield "no contact of its clients has a role that its condition names"


def _promises_answers(client: Client, whole: Whole) -> bool:
    entries = (entry for plan in whole.plans_of(client) for entry in plan.severities.values())
    return any(entry.answer_within_minutes is not None for entry in entries)


def limited(step: PolicyStep, clients: Sequence[Client]) -> list[Client]:
    """Those of ``clients`` for which the step counts."""
    if not step.clients and not step.client_tags:
        return list(clients)
    tags = set(step.client_tags)
    return [client for client in clients if client.key in step.clients or tags & set(client.tags)]
