"""The sentences of findings: one for each code, or for the family that stands before its dot."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FINDINGS = {
    "assembly_instructions": _("Assembly instructions don't belong in a card: «%(text)s»."),
    "attribute.doubt": _("«%(name)s»: the listing says %(values)s; a person chooses."),
    "attribute.missing": _("«%(name)s» is required in this category, and the listing doesn't say it."),
    "banned_word": _("The word «%(text)s» is not used in cards."),
    "caps": _("Capital letters throughout: «%(text)s»."),
    "category_path": _("The path of a category stands in the text: «%(text)s»."),
    "comparison": _("A comparison with other goods: «%(text)s»."),
    "contacts": _("A contact stands in the text: «%(text)s»."),
    "contradiction.colour": _(
        "The listing says «%(listing)s»; what the pictures (%(pictures)s) show is: %(picture)s."
    ),
    "count.benefits": _("Benefits: %(count)s, wanted are %(least)s to %(most)s."),
    "count.keywords": _("Keywords: %(count)s, wanted are %(least)s to %(most)s."),
    "duplicate_text": _("The text is nearly the same as that of «%(product)s»: %(likeness)s alike."),
    "duplicate_title": _("The title is repeated in the text: «%(text)s»."),
    "emoji": _("An emoji where none may stand: «%(text)s»."),
    "emotional_word": _("An empty word of praise: «%(text)s»."),
    "foreign_text": _("Text in another language: «%(text)s»."),
    "health_claim": _("A promise about health: «%(text)s»."),
    "html.tag": _("An HTML tag that a card may not have: %(text)s."),
    "injection": _("Words that speak to a machine: «%(text)s»."),
    "injection.listing": _("The supplier's text speaks to a machine: «%(text)s». It was taken as data."),
    "keyword_stuffing": _("Heaped keywords: «%(text)s»."),
    "language": _("The text is in another language (%(found)s) than asked for (%(wanted)s)."),
    "length.description": _("Description: %(length)s characters, the bound is %(bound)s."),
    "length.seo_description": _("SEO description: %(count)s characters, wanted are %(least)s to %(most)s."),
    "length.seo_title": _("SEO title: %(count)s characters, wanted are %(least)s to %(most)s."),
    "length.short": _("Short description: about %(tokens)s tokens, at most %(most)s are allowed."),
    "length.title": _("Title: %(length)s characters, at most %(most)s are allowed."),
    "length.words": _("Description: %(words)s words, wanted are %(least)s to %(most)s."),
    "links": _("A link stands in the text: «%(text)s»."),
    "other_shop": _("Another shop is named: «%(text)s»."),
    "price_delivery_payment": _("Price, delivery or payment stand in the text: «%(text)s»."),
    "readability": _(
        "Hard to read: a sentence has %(mean_sentence)s words on average, the longest %(longest_sentence)s."
    ),
    "sale_terms": _("Terms of sale stand in the text: «%(text)s»."),
    "see_elsewhere": _("The reader is sent elsewhere: «%(text)s»."),
    "suspicious_word": _("A suspicious word: «%(text)s» (%(field)s)."),
    "unsupported.brand": _("The brand «%(text)s» is not in the listing."),
    "unsupported.colour": _("The colour «%(text)s» is not in the listing."),
    "unsupported.country": _("The country «%(text)s» is not in the listing."),
    "unsupported.material": _("The material «%(text)s» is not in the listing."),
    "unsupported.number": _("The number «%(text)s» is not in the listing."),
    "unsupported.size": _("The size «%(text)s» is not in the listing."),
    "unsupported.unit": _("The unit of «%(text)s» is another one in the listing."),
    "unsupported": _("«%(text)s» is not in the listing."),
}

FIELDS = {
    "title": _("title"),
    "description": _("description"),
    "short_description": _("short description"),
    "seo_title": _("SEO title"),
    "seo_description": _("SEO description"),
    "keywords": _("keywords"),
    "key_benefits": _("key benefits"),
    "facts.title": _("supplier's title"),
    "facts.description": _("supplier's description"),
}
