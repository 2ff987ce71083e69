"""The sentences of the guardrails' findings, one for each rule; hints stand with the rules in their data."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vitrina.inbox.guardrails.rules import rules
from vitrina.inbox.guardrails.shapes import Finding

FINDINGS = {
    "admission": _("A public admission of guilt, or talk of the law: «%(text)s»."),
    "ai_mention": _("The reply says that a machine wrote it: «%(text)s»."),
    "blame": _("The buyer is blamed: «%(text)s»."),
    "caps": _("Shouting: «%(text)s»."),
    "contact": _("A way to talk outside of the marketplace: «%(text)s»."),
    "dismissive": _("The reply only sends the buyer to support: «%(text)s»."),
    "injection": _("Words that speak to a machine: «%(text)s»."),
    "language": _("The reply is in another language (%(found)s) than the buyer's (%(wanted)s)."),
    "length": _("Length: %(length)s characters, %(least)s to %(most)s are taken."),
    "link": _("A link that the marketplace doesn't allow: «%(text)s»."),
    "medical": _("A promise about health: «%(text)s»."),
    "pii_echo": _("The buyer's personal data in a public answer: «%(text)s»."),
    "placeholder": _("An empty place is left in the reply: «%(text)s»."),
    "profanity": _("A rude word: «%(text)s»."),
    "promise": _("A promise that the marketplace decides on: «%(text)s»."),
    "rating_ask": _("A request to change or to give a rating: «%(text)s»."),
    "return_first": _("A return is offered, though the buyer didn't ask: «%(text)s»."),
    "reward": _("A reward for a review: «%(text)s»."),
    "sameness": _("Nearly the same answer was sent before (%(likeness)s alike): «%(twin)s»."),
    "third_party": _("Another shop or marketplace is named: «%(text)s»."),
    "ungrounded": _("The product's card doesn't say so: «%(text)s»."),
}


def sentence(finding: Finding) -> str:
    """What is wrong, in the reader's language."""
    return str(FINDINGS[finding.rule]) % finding.detail


def hint(finding: Finding) -> str:
    """What to do instead, in the reader's language."""
    hints = rules().named(finding.rule).hint
    return hints.get((get_language() or "en").split("-")[0], hints["en"])
