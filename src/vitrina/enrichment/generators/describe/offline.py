"""A card's text without a model: composed from known facts alone, the same for the same input.

Each sentence passes the same checks as a model's answer before it is taken; what would be unsupported is left out.
"""

from __future__ import annotations

import hashlib
import html as entities
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from vitrina.catalog.limits import targets
from vitrina.enrichment.checks.ground import Ground, build_ground
from vitrina.enrichment.checks.grounding import judge
from vitrina.enrichment.checks.rules import apply_rules
from vitrina.enrichment.data import load
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.generators.describe.cleaning import useful_sentences
from vitrina.enrichment.generators.describe.english import english_title
from vitrina.enrichment.generators.describe.points import Point, points
from vitrina.enrichment.generators.describe.schema import CardText, DescribeInput
from vitrina.enrichment.generators.describe.slots import fill, slots_of
from vitrina.enrichment.generators.describe.subject import (
    Subject,
    clean_title,
    fitted,
    subject_of,
    title_limit,
)
from vitrina.enrichment.reading.inflection import agreeing
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.morphology import is_cyrillic, lemma
from vitrina.lib.text import fold, normalise, words

MOST_WORDS = 235
LIST_POINTS = 5
REST_POINTS = 4
SEO_TITLE = (50, 70)
SEO_DESCRIPTION = (150, 160)
KEYWORD_CHARACTERS = 60
_LABELS_OF_TITLES = frozenset({"объем", "ресурс", "размер", "количество", "volume", "size", "quantity"})


def describe(request: DescribeInput) -> CardText:
    """The full card. Takes about 5 ms; never raises on any facts."""
    return _Writer(request).card()


class _Writer:
    """Everything that one card's sentences share: subject, points, ground, and a choice that depends on the product."""

    def __init__(self, request: DescribeInput) -> None:
        self.request = request
        self.language = request.language
        self.phrases = load(f"phrases_{request.language}.json")
        self.ground: Ground = build_ground(
            request.facts, request.attributes, request.image_facts, request.category_path
        )
        self.subject: Subject = subject_of(request.facts, request.category_path, target=request.target)
        self.plain_title = normalise(request.facts.title)
        if request.language == "en":
            self.subject = replace(
                self.subject, title=english_title(self.subject) or self.subject.title, type=None
            )
        self.seed = int.from_bytes(
            hashlib.blake2b(request.facts.external_id.encode("utf-8", "replace"), digest_size=8).digest(),
            "big",
        )
        self.points = [point for point in points(request) if self.is_fit(point.line)]
        self.title = self._title()
        if request.language == "en":
            self.subject = replace(self.subject, title=self.title)  # sentences may say what the title may
        self.slots = slots_of(self.subject, self.points, request)

    def card(self) -> CardText:
        opener, used = self._opener()
        listed = [point for point in self.points if point not in used][:LIST_POINTS]
        if len(listed) < 3:
            listed = self.points[:LIST_POINTS]
        rest = [
            point
            for point in self.points
            if point not in listed and point not in used and point.key != "orig"
        ][:REST_POINTS]
        more = (
            self._first_fit("more_intros", {"rest": "; ".join(point.phrase for point in rest)})
            if rest
            else ""
        )
        ending = self._ending()
        spent = sum(len(words(text)) for text in (opener, more, ending, *(point.line for point in listed)))
        story = self._story(MOST_WORDS - spent)
        told = fold(" ".join(story))
        listed = [point for point in listed if point.label or fold(point.value) not in told]
        description = self._html(opener, story, listed, more, ending)
        return CardText(
            title=self.title,
            description=description,
            seo_title=self._seo_title(),
            seo_description=self._seo_description(opener, story),
            keywords=self._keywords(),
            key_benefits=[point.line for point in listed][:LIST_POINTS],
        )

    def is_fit(self, sentence: str) -> bool:
        """No unsupported claim, no broken rule: what a person or a marketplace would send back is not written."""
        if not sentence or not self.is_grounded(sentence):
            return False
        known = f"{self.request.facts.title}\n{self.request.category_path}"
        findings = apply_rules(
            "description",
            sentence,
            target=self.request.target,
            title="",
            known=known,
            language=self.language,
            names=self.request.facts.brand,
        )
        return all(finding.severity is Severity.INFO for finding in findings)

    # --- Title ------------------------------------------------------------------------------------------------

    def _title(self) -> str:
        limit = title_limit(self.request.target)
        title = fitted(self.subject.title, limit)
        added = 0
        for point in self.points:
            if (
                len(title) >= 60
                or added == 2
                or point.key not in {"colour", "volume", "size", "resource", "material", "quantity"}
            ):
                continue
            if self._says(title, point.value) or len(point.value) > 30 or not point.label:
                continue
            if point.key not in {"colour", "material"} and fold(point.label) not in _LABELS_OF_TITLES:
                continue
            value = (
                point.value if point.key in {"colour", "material"} else f"{point.label.lower()} {point.value}"
            )
            if len(title) + len(value) + 2 <= min(limit, 90) and "," not in value:
                title, added = f"{title}, {value}", added + 1
        for candidate in (title, fitted(self.subject.title, limit), fitted(self.plain_title, limit)):
            if len(candidate) >= 3 and not judge([("title", candidate)], self.ground).findings:
                return candidate
        return self._bare_title(limit)

    def _bare_title(self, limit: int) -> str:
        """The supplier's title without the words that stand nowhere, or the plainest name there is."""
        text = clean_title(self.plain_title, target=self.request.target)
        while found := judge([("title", text)], self.ground).findings:
            span = found[0].span
            if span is None or span.end <= span.start:
                break
            text = " ".join((text[: span.start] + " " + text[span.end :]).split()).strip(" ,;:-–—()")
        text = fitted(text, limit)
        if len(text) >= 3:
            return text
        return "Товар" if self.language == "ru" else "Product"

    @staticmethod
    def _says(title: str, value: str) -> bool:
        """Whether the title says it already, in any form: «белая» says «белый», «титановая» says «титановый сплав»."""
        named = {
            (mention.kind, mention.value)
            for mention in read(value)
            if mention.kind in (Kind.COLOUR, Kind.MATERIAL)
        }
        if named and named <= {(mention.kind, mention.value) for mention in read(title)}:
            return True
        have = {word[:5] for word in words(fold(title))}
        return all(word[:5] in have for word in words(fold(value)))

    # --- Sentences --------------------------------------------------------------------------------------------

    def _opener(self) -> tuple[str, list[Point]]:
        """The first sentence and the points that it told."""
        table = self.phrases["openers"]
        if self.language == "ru" and self.subject.type is None:
            patterns = self.phrases["untyped_openers"]
        else:
            patterns = table.get(self.subject.kind, table["generic"])
        for pattern in (
            *_turned(patterns, self.seed),
            *table["generic"],
            *self.phrases.get("untyped_openers", ()),
        ):
            sentence = fill(pattern, self.slots, self.subject)
            if sentence and self.is_fit(sentence):
                return sentence, [point for point in self.points if point.value in sentence]
        return f"Знакомьтесь: {self.title}." if self.language == "ru" else f"Meet {self.slots['title']}.", []

    def _story(self, budget: int) -> list[str]:
        """The supplier's own sentences, as many as there is room for."""
        told: list[str] = []
        for sentence in useful_sentences(
            self.request.facts.description,
            language=self.language,
            target=self.request.target,
            about=self._about(),
        ):
            count = len(words(sentence))
            if count > budget:
                break
            if self.is_grounded(sentence) and fold(self.title) not in fold(sentence):
                told.append(sentence)
                budget -= count
        return told

    def _about(self) -> frozenset[str]:
        """Words of the thing's name; empty where suppliers write technical text, which is about the thing throughout."""
        if self.subject.kind in {"electronics", "consumables", "office", "tools", "sewing"}:
            return frozenset()
        return frozenset(lemma(word) for word in words(self.subject.title) if len(word) > 2)

    def _ending(self) -> str:
        endings = self.phrases["endings"]
        table = endings.get(self.subject.kind, endings["generic"])
        for pattern in (*_turned(table, self.seed >> 8), *endings["generic"]):
            sentence = fill(pattern, self.slots, self.subject)
            if sentence and self.is_fit(sentence):
                return sentence
        return ""

    def _first_fit(self, table: str, extra: dict[str, str]) -> str:
        for pattern in _turned(self.phrases[table], self.seed >> 16):
            sentence = fill(pattern, {**self.slots, **extra}, self.subject)
            if sentence and self.is_fit(sentence):
                return sentence
        return ""

    def _html(
        self, opener: str, story: Sequence[str], listed: Sequence[Point], more: str, ending: str
    ) -> str:
        """Paragraphs and one list, within the target's limit: the least important part goes first."""
        most = _description_limit(self.request.target)
        intro = _turned(self.phrases["list_intros"], self.seed >> 24)[0]
        told = list(story)
        while True:
            parts = [_paragraph(opener)]
            parts += [_paragraph(" ".join(group)) for group in _grouped(told)]
            if listed:
                parts.append(_paragraph(intro))
                parts.append(
                    "<ul>"
                    + "".join(f"<li>{entities.escape(point.line, quote=False)}</li>" for point in listed)
                    + "</ul>"
                )
            parts += [_paragraph(text) for text in (more, ending) if text]
            html = "".join(parts)
            if most is None or len(_plain(html)) <= most:
                return html
            if told:
                told.pop()
            elif more:
                more = ""
            elif ending:
                ending = ""
            elif listed:
                listed = listed[:-1]
            else:
                return _paragraph(self.title)

    # --- For search engines -----------------------------------------------------------------------------------

    def _seo_title(self) -> str:
        text = fitted(self.title, SEO_TITLE[1])
        for point in self.points:
            if len(text) >= SEO_TITLE[0]:
                break
            addition = f", {point.phrase}" if point.label else f", {point.value}"
            if (
                len(text) + len(addition) <= SEO_TITLE[1]
                and not self._says(text, point.value)
                and self.is_grounded(text + addition)
            ):
                text += addition
        leaf = _leaf(self.request)
        for addition in (
            f" | {leaf}" if leaf else "",
            f" — {self.subject.brand}" if self.subject.brand else "",
        ):
            if (
                addition
                and len(text) < SEO_TITLE[0]
                and len(text) + len(addition) <= SEO_TITLE[1]
                and not self._says(text, addition)
            ):
                text = text + addition if self.is_grounded(text + addition) else text
        for addition in self.phrases["seo_title_endings"]:
            if len(text) < SEO_TITLE[0] <= len(text) + len(addition) <= SEO_TITLE[1]:
                return f"{text}{addition}"
        return text

    def is_grounded(self, text: str) -> bool:
        return not judge([("description", text)], self.ground).findings

    def _seo_description(self, opener: str, story: Sequence[str]) -> str:
        """Whole pieces within 160 characters, as near to 150 and more as they come."""
        most = SEO_DESCRIPTION[1]
        text = opener if len(opener) <= most else f"{fitted(self.title, most - 1)}."
        for piece in [
            *story,
            *(f"{point.line.rstrip('.')}." for point in self.points if point.value not in text),
        ]:
            longer = f"{text} {piece}"
            if (
                len(text) < SEO_DESCRIPTION[0]
                and len(longer) <= most
                and piece not in text
                and self.is_grounded(longer)
            ):
                text = longer
        if len(text) < SEO_DESCRIPTION[0]:
            text = self._filled(text)
        return text

    def _filled(self, text: str) -> str:
        """One closing sentence that brings the text to 150 characters and more; two where one is too short."""
        fillers = _turned(self.phrases["seo_fillers"], self.seed >> 32)
        lengths = {f"{text} {filler}": len(filler) for filler in fillers}
        lengths |= {
            f"{text} {first} {second}": 0
            for first in fillers
            for second in fillers
            if first != second and not _alike(first, second)
        }
        fitting = [candidate for candidate in lengths if len(candidate) <= SEO_DESCRIPTION[1]]
        good = [candidate for candidate in fitting if len(candidate) >= SEO_DESCRIPTION[0]]
        return (
            max(good, key=lambda candidate: lengths[candidate])
            if good
            else max(fitting, key=len, default=text)
        )

    def _coloured(self, kind: str, colour: str) -> str:
        """«чернила голубые»: the colour in the gender and number of the thing."""
        if not kind or not colour or self.subject.type is None or len(colour.split()) > 1:
            return ""
        form = agreeing(colour, self.subject.type.number)
        return f"{kind} {form}" if form else ""

    def _keywords(self) -> list[str]:
        subject = self.subject
        kind = subject.type.text if subject.type else ""
        model = subject.model if subject.model != subject.brand else ""
        colour = next((point.value for point in self.points if point.key == "colour"), "")
        material = next((point.value for point in self.points if point.key == "material"), "")
        candidates = [
            f"{kind} {subject.brand}" if subject.brand and kind else "",
            f"{kind} {model}" if kind and model else "",
            kind,
            model,
            self._coloured(kind, colour),
            _leaf(self.request).lower(),
            f"{kind} {material}"
            if kind and material and material.isalpha() and not self._says(kind, material)
            else "",
            f"{subject.brand} {model}"
            if subject.brand and model and fold(subject.brand) not in fold(model)
            else subject.brand,
            *(
                part.lower()
                for part in re.split(
                    r"[>›/|→]", self.request.category_path or self.request.facts.category_path
                )[:-1]
            ),
            self.title if len(self.title) <= KEYWORD_CHARACTERS else "",
        ]
        kept: list[str] = []
        for candidate in candidates:
            keyword = " ".join(candidate.split()).strip(" ,.;:")
            if (
                2 < len(keyword) <= KEYWORD_CHARACTERS
                and "," not in keyword
                and fold(keyword) not in {fold(other) for other in kept}
                and self.is_fit(keyword)
            ):
                kept.append(keyword)
        return kept[:7]


@lru_cache(maxsize=1_024)
def _alike(first: str, second: str) -> bool:
    """Two fillers that would say one thing twice."""
    return bool(
        {word[:6] for word in words(fold(first)) if len(word) > 4}
        & {word[:6] for word in words(fold(second)) if len(word) > 4}
    )


def _turned(items: Sequence[str], seed: int) -> list[str]:
    """The list begun at a place that the seed decides."""
    start = seed % len(items) if items else 0
    return [*items[start:], *items[:start]]


def _grouped(story: Sequence[str]) -> list[list[str]]:
    """Paragraphs of up to about sixty words."""
    groups: list[list[str]] = []
    count = 0
    for sentence in story:
        length = len(words(sentence))
        if not groups or count + length > 60:
            groups.append([])
            count = 0
        groups[-1].append(sentence)
        count += length
    return groups


def _paragraph(text: str) -> str:
    return f"<p>{entities.escape(text, quote=False)}</p>"


def _plain(html: str) -> str:
    from vitrina.lib.html import to_text

    return to_text(html)


def _description_limit(target: str) -> int | None:
    known = targets().get(target)
    caps = (
        [int(limit.value) for limit in known.limits if limit.code == "description.max_chars"] if known else []
    )
    return min(caps) if caps else None


def _leaf(request: DescribeInput) -> str:
    path = request.category_path or request.facts.category_path or request.facts.category_hint
    leaf = re.split(r"[>›/|→]", path)[-1].strip() if path else ""
    return leaf if len(leaf) <= 45 and (request.language == "ru" or not is_cyrillic(leaf)) else ""
