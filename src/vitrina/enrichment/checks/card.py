"""Every check of a finished text, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.limits import HARD, targets
from vitrina.enrichment.checks.contradiction import Witness, contradictions
from vitrina.enrichment.checks.duplicates import OtherText, fingerprint, likeness
from vitrina.enrichment.checks.ground import build_ground
from vitrina.enrichment.checks.grounding import Grounding, judge
from vitrina.enrichment.checks.injection import find_injections
from vitrina.enrichment.checks.readability import LONG_PARAGRAPH, LONG_SENTENCE, MEAN_SENTENCE, measure
from vitrina.enrichment.checks.rules import apply_rules
from vitrina.enrichment.findings import Finding, Severity, Span
from vitrina.enrichment.texts import CardText, ShortText
from vitrina.lib.html import to_text
from vitrina.lib.text import estimate_tokens, language_of, words

TITLE_CHARACTERS = 100
DESCRIPTION_WORDS = (150, 250)
LEAST_DESCRIPTION = 100  # characters
SEO_TITLE_CHARACTERS = (50, 70)
SEO_DESCRIPTION_CHARACTERS = (150, 160)
KEYWORDS = (5, 7)
BENEFITS = (3, 5)
SHORT_TOKENS = 250
SAME_TEXT = 0.7  # share of four-word runs in common
LEAST_COMPARED = 12  # words; shorter texts are alike by chance

_TAG = re.compile(r"<\s*(/?)\s*([a-zA-Z!?][^\s>/]*)([^>]*)>?")
_ALLOWED_TAGS = frozenset({"p", "ul", "li"})

_SUSPICIOUS = frozenset({"suspicious_word"})

Detail = dict[str, str | int | float | list[str]]


def check(
    text: CardText | ShortText,
    facts: ProductFacts,
    *,
    language: str,
    target: str = "",
    attributes: Mapping[str, object] | None = None,
    image_facts: Mapping[str, object] | None = None,
    witness: Witness | None = None,
    others: Sequence[OtherText] = (),
    category_path: str = "",
) -> list[Finding]:
    """All findings, the gravest first. Never raises on any text. About 2 ms after warm-up.

    `witness`: what the pictures say of the colour; None: nothing. `others`: texts of other products to compare with.
    """
    fields = plain_fields(text)
    known = _known_text(facts, attributes)
    findings: list[Finding] = []
    findings += _html(text.description)
    findings += _lengths(text, fields, target)
    findings += _language(fields, language)
    for name, plain in fields:
        findings += apply_rules(
            name, plain, target=target, title=text.title, known=known, language=language, names=facts.brand
        )
    findings += _suspicious_listing(facts)
    findings += _readability(fields)
    findings += _duplicates(dict(fields)["description"], others)
    findings += contradictions(facts, witness)
    findings += ground_texts(fields, facts, attributes, image_facts, category_path).findings
    order = {Severity.HIGH: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return sorted(findings, key=lambda finding: order[finding.severity])


def check_anything() -> None:
    """What the first check of a process waits for: the rules, the dictionaries, the grammar. About a second."""
    facts = ProductFacts(external_id="1", title="Кружка белая", description="Кружка из фарфора, 350 мл.")
    check(
        ShortText(title="Белая кружка", description="<p>Фарфоровая кружка на 350 мл.</p>"),
        facts,
        language="ru",
    )


def evidence(
    text: CardText | ShortText,
    facts: ProductFacts,
    *,
    attributes: Mapping[str, object] | None = None,
    image_facts: Mapping[str, object] | None = None,
    category_path: str = "",
) -> Grounding:
    """Where each accepted value of the text is known from, and what is known from nowhere."""
    return ground_texts(plain_fields(text), facts, attributes, image_facts, category_path)


def ground_texts(
    fields: Sequence[tuple[str, str]],
    facts: ProductFacts,
    attributes: Mapping[str, object] | None = None,
    image_facts: Mapping[str, object] | None = None,
    category_path: str = "",
) -> Grounding:
    return judge(fields, build_ground(facts, attributes, image_facts, category_path))


def plain_fields(text: CardText | ShortText) -> list[tuple[str, str]]:
    """(field, plain text) of everything that a buyer may read; spans of findings count characters of these."""
    fields = [("title", text.title), ("description", to_text(text.description))]
    if isinstance(text, CardText):
        fields += [("seo_title", text.seo_title), ("seo_description", text.seo_description)]
        fields += [(f"keywords[{index}]", keyword) for index, keyword in enumerate(text.keywords)]
        fields += [(f"key_benefits[{index}]", benefit) for index, benefit in enumerate(text.key_benefits)]
    return fields


def _known_text(facts: ProductFacts, attributes: Mapping[str, object] | None) -> str:
    pieces = [facts.title, facts.description, facts.brand, facts.category_hint, facts.category_path]
    pieces += [
        str(value)
        for pairs in (facts.attributes, attributes or {})
        for pair in pairs.items()
        for value in pair
    ]
    return "\n".join(filter(None, pieces))


def _html(html: str) -> Iterator[Finding]:
    """Only <p>, <ul>, <li> without attributes. Spans are of the HTML itself here."""
    for match in _TAG.finditer(html):
        _, tag, rest = match.groups()
        if tag.lower() not in _ALLOWED_TAGS or rest.strip(" /"):
            detail: Detail = {"text": match.group()[:80], "field": "description"}
            yield Finding(
                "html.tag",
                Severity.HIGH,
                detail,
                Span("description", match.start(), match.end()),
                "html.allowed",
            )


def _lengths(text: CardText | ShortText, fields: Sequence[tuple[str, str]], target: str) -> Iterator[Finding]:
    plain = dict(fields)
    yield from _at_most("length.title", "title", text.title, TITLE_CHARACTERS, Severity.WARNING)
    known_target = targets().get(target)
    for limit in known_target.limits if known_target else ():
        if limit.limit == "max_chars" and limit.kind == HARD and limit.field in ("title", "description"):
            rule = f"{target}.{limit.field}"
            yield from _at_most(
                f"length.{limit.field}",
                limit.field,
                plain[limit.field],
                int(limit.value),
                Severity.HIGH,
                rule,
            )
    description = plain["description"]
    if len(description) < LEAST_DESCRIPTION:
        detail: Detail = {"length": len(description), "least": LEAST_DESCRIPTION, "field": "description"}
        yield Finding("length.description", Severity.WARNING, detail, rule="description.least")
    if isinstance(text, ShortText):
        tokens = estimate_tokens(description)
        if tokens > SHORT_TOKENS:
            yield Finding(
                "length.short",
                Severity.WARNING,
                {"tokens": tokens, "most": SHORT_TOKENS},
                rule="short.tokens",
            )
        return
    count = len(words(description))
    if not DESCRIPTION_WORDS[0] <= count <= DESCRIPTION_WORDS[1]:
        detail = {"words": count, "least": DESCRIPTION_WORDS[0], "most": DESCRIPTION_WORDS[1]}
        yield Finding(
            "length.words",
            Severity.INFO,
            detail,
            rule="description.words",
            repairable=count > DESCRIPTION_WORDS[1],
        )
    yield from _within("length.seo_title", len(text.seo_title), SEO_TITLE_CHARACTERS)
    yield from _within("length.seo_description", len(text.seo_description), SEO_DESCRIPTION_CHARACTERS)
    yield from _within("count.keywords", len(text.keywords), KEYWORDS)
    yield from _within("count.benefits", len(text.key_benefits), BENEFITS)


def _at_most(
    code: str, field: str, text: str, most: int, severity: Severity, rule: str = ""
) -> Iterator[Finding]:
    if len(text) > most:
        detail: Detail = {"length": len(text), "most": most, "field": field}
        yield Finding(code, severity, detail, Span(field, most, len(text)), rule or f"{field}.characters")


def _within(code: str, count: int, bounds: tuple[int, int]) -> Iterator[Finding]:
    least, most = bounds
    if not least <= count <= most:
        severity = Severity.WARNING if count > most else Severity.INFO
        yield Finding(
            code, severity, {"count": count, "least": least, "most": most}, rule=code, repairable=count > most
        )


def _language(fields: Sequence[tuple[str, str]], language: str) -> Iterator[Finding]:
    """The description as a whole and each of its paragraphs: a text half in another language is wrong too."""
    description = dict(fields)["description"]
    found = language_of(description)
    if len(words(description)) >= 4 and found != language:
        # A text of names and numbers can't be told for sure; its letters can.
        severity = (
            Severity.WARNING if not found and _is_in_script_of(language, description) else Severity.HIGH
        )
        whole: Detail = {"found": found or "?", "wanted": language, "field": "description"}
        yield Finding("language", severity, whole, rule="language")
        return
    position = 0
    for line in description.splitlines():
        start = description.find(line, position)
        position = start + len(line)
        other = language_of(line) if len(words(line)) >= 8 else language
        if other and other != language:
            detail: Detail = {"found": other, "wanted": language, "field": "description"}
            yield Finding(
                "language",
                Severity.WARNING,
                detail,
                Span("description", start, position),
                "language.paragraph",
            )


def _is_in_script_of(language: str, text: str) -> bool:
    letters = [letter for letter in text.lower() if letter.isalpha()]
    own = _RUSSIAN_LETTERS if language == "ru" else _ENGLISH_LETTERS
    return sum(letter in own for letter in letters) >= 0.9 * len(letters)


_RUSSIAN_LETTERS = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_ENGLISH_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


def _suspicious_listing(facts: ProductFacts) -> Iterator[Finding]:
    """Suspicious words of the supplier are found too: a text that leaves them out makes the goods no better."""
    for name, text in (("facts.title", facts.title), ("facts.description", facts.description)):
        for finding in apply_rules(name, text, target="", title="", known="", language="", codes=_SUSPICIOUS):
            yield replace(finding, repairable=False)
        for start, end in find_injections(text):
            detail: Detail = {"text": text[start:end][:200], "field": name}
            yield Finding(
                "injection.listing",
                Severity.INFO,
                detail,
                Span(name, start, end),
                "injection.listing",
                repairable=False,
            )


def _readability(fields: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    reading = measure(dict(fields)["description"])
    detail: Detail = {
        "mean_sentence": reading.mean_sentence,
        "longest_sentence": reading.longest_sentence,
        "longest_paragraph": reading.longest_paragraph,
        "ease": reading.ease,
    }
    if (
        reading.mean_sentence > MEAN_SENTENCE
        or reading.longest_sentence > LONG_SENTENCE
        or reading.longest_paragraph > LONG_PARAGRAPH
    ):
        yield Finding("readability", Severity.INFO, detail, rule="readability")


def _duplicates(description: str, others: Sequence[OtherText]) -> Iterator[Finding]:
    if not others or len(words(description)) < LEAST_COMPARED:
        return
    mine = fingerprint(description)
    best, number = max(
        (likeness(mine, fingerprint(other.text)), -number) for number, other in enumerate(others)
    )
    if best >= SAME_TEXT:
        other = others[-number]
        yield Finding(
            "duplicate_text",
            Severity.WARNING,
            {
                "likeness": round(best, 2),
                "most": SAME_TEXT,
                "product_id": other.product_id,
                "product": other.product_title[:100],
            },
            rule="duplicate_text",
        )
