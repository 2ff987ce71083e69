"""Whether a reply may be shown and sent: every check of drafts and of what a person writes, in one pass. Pure.

    findings = check(Reply(text, Kind.REVIEW, "ozon", heard=…), is_sending=True)
    if is_blocked(findings): …

The rules are rows of `data/rules.toml`; what a pattern can't say is a function of `forms.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from vitrina.inbox.guardrails.forms import FORMS
from vitrina.inbox.guardrails.reading import Reading, is_conditional, is_negated, read, spaced_out
from vitrina.inbox.guardrails.rules import Negation, Rule, Severity, rules
from vitrina.inbox.guardrails.shapes import Finding, Reply, SellerRules, stems
from vitrina.lib.text import stem, words

__all__ = ["Finding", "Reply", "SellerRules", "Severity", "check", "is_blocked", "without_injections"]


def check(reply: Reply, *, is_sending: bool) -> list[Finding]:
    """All findings, blocks first, then as they stand in the text. Never raises on any text. About 3 ms.

    `is_sending`: how grave they are when the reply is to be sent, not while it is being shown.
    """
    platform = rules().platform(reply.platform)
    reading = read(reply.text)
    runs = spaced_out(reply.text)
    heard = read(reply.heard)
    known = stems(reply.facts, reply.seller.own_names)
    findings: list[Finding] = []
    for rule in rules().rules:
        severity = rule.severity(reply.kind, platform, is_sending=is_sending)
        if severity is None or (rule.waived_by and getattr(reply.seller, rule.waived_by)):
            continue
        spans = [*_spans(rule, reply, reading, runs, known)]
        form = FORMS.get(rule.id)
        details = dict(form(reply, reading, tuple(findings))) if form else {}
        for start, end in _apart([*spans, *details]):
            detail = {"text": reply.text[start:end][:200], **details.get((start, end), {})}
            findings.append(Finding(rule.id, severity, start, end, detail))
        if rule.heard:
            for pattern in rule.patterns:
                for match in pattern.finditer(heard.folded):
                    place = heard.span(*match.span())
                    said = {"text": reply.heard[slice(*place)][:200], "where": "heard"}
                    findings.append(Finding(rule.id, severity, 0, 0, said))
    findings = [finding for finding in findings if not _is_return_asked_for(finding, heard)]
    return sorted(
        findings, key=lambda finding: (finding.severity is Severity.WARN, finding.start, finding.rule)
    )


def is_blocked(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCK for finding in findings)


def _spans(
    rule: Rule, reply: Reply, reading: Reading, runs: Sequence[Reading], known: frozenset[str]
) -> Iterator[tuple[int, int]]:
    text = reading.folded
    if rule.most_words and len(words(text)) > rule.most_words:
        return
    for pattern in (*rule.patterns, *rule.patterns_of.get(reply.kind, ())):
        for match in pattern.finditer(text):
            if match.end() > match.start() and not _is_harmless(rule, pattern, text, *match.span(), known):
                yield reading.span(*match.span())
    for pattern in rule.spaced:
        for run in runs:
            if spelled := pattern.search(run.folded):
                yield run.span(*spelled.span())


_SAYS_NO = re.compile(r"(?:^|\\b|\W)не(?!\w)")


def _is_harmless(
    rule: Rule, pattern: re.Pattern[str], text: str, start: int, end: int, known: frozenset[str]
) -> bool:
    # «Вы не прочитали»: where the pattern itself has a «не», one inside of the match denies nothing.
    inside = not _SAYS_NO.search(pattern.pattern)
    after = rule.negated is Negation.AROUND
    if rule.negated is not Negation.NO and is_negated(text, start, end, inside=inside, after=after):
        return True
    if rule.unless_if and is_conditional(text, start):
        return True
    if rule.unless_known and known and all(stem(word) in known for word in words(text[start:end])):
        return True
    return rule.unless_sentence is not None and bool(rule.unless_sentence.search(_sentence(text, start, end)))


_END = re.compile(r"[.!?\n]")
_SENTENCE_CHARACTERS = 300


def _sentence(text: str, start: int, end: int) -> str:
    before = _END.split(text[max(0, start - _SENTENCE_CHARACTERS) : start])[-1]
    return before + text[start:end] + _END.split(text[end : end + _SENTENCE_CHARACTERS], maxsplit=1)[0]


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping places of one rule are one: the widest that begins first."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1] or (start, end) == (0, 0):
            kept.append((start, end))
    return kept


_RETURN = re.compile(
    r"возвра[тщ]|верн[уеи]|обмен|поменя|замен|деньги назад|refund|return|exchange|money back"
)


def _is_return_asked_for(finding: Finding, heard: Reading) -> bool:
    return finding.rule == "return_first" and bool(_RETURN.search(heard.folded))


def without_injections(text: str) -> str:
    """What a buyer wrote without the words that speak to a model, for a prompt; the rest unchanged."""
    reading = read(text)
    spans = [
        reading.span(*match.span())
        for pattern in rules().named("injection").patterns
        for match in pattern.finditer(reading.folded)
    ]
    pieces, position = [], 0
    for start, end in _apart(spans):
        pieces.append(text[position:start])
        position = end
    return "".join([*pieces, text[position:]])
