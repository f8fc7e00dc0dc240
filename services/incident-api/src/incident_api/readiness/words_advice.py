"""Own words are tried before they are put in force: what breaks is refused with its place."""

from __future__ import annotations

import structlog
from tocsin_contracts.directory import Template

from incident_api.directory.advice import Advice, Advise, Proposal
from incident_api.directory.contract_documents import document_of
from incident_api.directory.document import TEMPLATE
from incident_api.directory.templates import TemplateUse, new_uses
from incident_api.forwarding.dispatcher import Dispatcher, TemplateFault
from incident_api.forwarding.port import NotAnswering
from incident_api.web.field_error import FieldError

log = structlog.get_logger(__name__)


def check_words(dispatcher: Dispatcher) -> Advise:
    """Asks the dispatcher, whose words they replace; while it is away they are taken untried."""

    async def advise(proposal: Proposal) -> Advice:
        uses = new_uses(proposal.before, proposal.after)
        if not uses:
            return Advice()
        try:
            faults = await dispatcher.check_templates([(_document(use), use.kind) for use in uses])
        except NotAnswering as away:
            log.warning("templates_not_tried", error=str(away))
            return Advice(notes=(_untried(uses),))
        return Advice(faults=tuple(dict.fromkeys(_placed(fault, proposal) for fault in faults)))

    return advise


def _document(use: TemplateUse) -> Template:
    document = document_of(use.template)
    assert isinstance(document, Template)  # noqa: S101 - made of a template's entry
    return document


def _placed(fault: TemplateFault, proposal: Proposal) -> FieldError:
    where = proposal.where_is((TEMPLATE.name, fault.template))
    return FieldError(f"{where}{fault.pointer}", fault.detail)


def _untried(uses: list[TemplateUse]) -> str:
    keys = ", ".join(dict.fromkeys(use.template.key for use in uses))
    return (
        f"The words of {keys} could not be tried, since the dispatcher does not answer; where one"
        " cannot be said, our own words are."
    )
