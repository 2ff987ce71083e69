"""A person's edits of a text: hard limits hold for people too, everything else is only said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from vitrina.catalog.facts import facts
from vitrina.enrichment import ground
from vitrina.enrichment.checks.card import check
from vitrina.enrichment.findings import Finding, Severity
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.options import RunOptions
from vitrina.enrichment.texts import CardText, ShortText
from vitrina.lib.html import sanitise

HTML_FIELDS = frozenset({"description"})


class EditsRefused(Exception):
    """An edit breaks a hard limit; `problems` names each field and what is wrong with it. Nothing was changed."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))


class EditsQuestioned(Exception):
    """The edited text has grave findings. A person may insist; nothing was changed yet."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "The edited text has grave findings: " + ", ".join(finding.code for finding in findings)
        )


def check_edits(log: ProcessingLog, edits: Mapping[str, Any], *, despite_findings: bool) -> dict[str, Any]:
    """The edits that change something, cleaned. Raises EditsRefused and EditsQuestioned."""
    text = (log.result or {}).get("text") or {}
    # A run made a card or a short text; a field of the other kind has no place in it.
    unknown = sorted(set(edits) - set(SHORT_FIELDS if "short_description" in text else EMPTY))
    if unknown:
        raise EditsRefused(dict.fromkeys(unknown, _("this field can't be edited here")))
    cleaned = {name: sanitise(value) if name in HTML_FIELDS else value for name, value in edits.items()}
    changed = {name: value for name, value in cleaned.items() if value != text.get(name)}
    if not changed:
        return {}
    whole = as_text({**text, **changed})
    if not despite_findings:
        options = RunOptions.model_validate(log.options)
        findings = check(
            whole,
            ground.restored(log.input) if log.input else facts(log.product),
            language=options.language,
            target=options.target,
            attributes=(log.result or {}).get("attributes") or {},
        )
        grave = [
            finding
            for finding in findings
            if finding.severity is Severity.HIGH and (finding.span is None or finding.span.field in changed)
        ]
        if grave:
            raise EditsQuestioned(grave)
    valid = columns_of(whole)
    return {name: valid[name] for name in changed}


def as_text(columns: Mapping[str, Any]) -> CardText | ShortText:
    """The columns of a card as its text model. Raises EditsRefused with the fields that break a limit."""
    try:
        if "short_description" in columns:
            return ShortText(title=columns.get("title", ""), description=columns["short_description"])
        return CardText.model_validate({name: columns.get(name, empty) for name, empty in EMPTY.items()})
    except ValidationError as error:
        raise EditsRefused(
            {
                str(problem["loc"][0]) if problem["loc"] else "text": _problem(problem)
                for problem in error.errors()
            }
        ) from error


def _problem(problem: Any) -> str:
    """A broken limit in words; what can't come from a form keeps the words of the schema."""
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "string_too_long":
            return _("at most %(most)s characters are allowed") % {"most": limits["max_length"]}
        case "string_too_short":
            return _("at least %(least)s characters are needed") % {"least": limits["min_length"]}
        case "too_long":
            return _("at most %(most)s entries are allowed") % {"most": limits["max_length"]}
        case "too_short":
            return _("at least %(least)s entries are needed") % {"least": limits["min_length"]}
    return str(problem["msg"])


EMPTY: dict[str, Any] = {
    "title": "",
    "description": "",
    "seo_title": "",
    "seo_description": "",
    "keywords": [],
    "key_benefits": [],
}


SHORT_FIELDS = ("title", "short_description")


def columns_of(text: CardText | ShortText) -> dict[str, Any]:
    """The columns of ProductContent that a text fills."""
    if isinstance(text, ShortText):
        return {"title": text.title, "short_description": text.description}
    return text.model_dump()
