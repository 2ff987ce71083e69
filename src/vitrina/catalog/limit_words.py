"""What the code of a limit means on a page: «title.max_chars» is «title: too long»."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.catalog.limits import Limit, targets

FIELDS = {
    "text": _("text"),
    "title": _("title"),
    "description": _("description"),
    "short_description": _("short description"),
    "external_id": _("external id"),
    "brand": _("brand"),
    "price": _("price"),
    "currency": _("currency"),
    "category": _("category"),
    "image_urls": _("pictures"),
    "pictures": _("pictures"),
    "attributes": _("attributes"),
    "availability": _("available"),
    "url": _("source URL"),
    "cell": _("cell of the table"),
    "rows": _("rows"),
}
# What is wrong with a card.
LIMITS = {
    "finished": _("not finished in this language"),
    "controls": _("holds control characters"),
    "required": _("is missing"),
    "max_chars": _("too long"),
    "max_chars_each": _("one of them is too long"),
    "max_name_chars": _("one of the names is too long"),
    "min_chars": _("too short"),
    "max_count": _("too many"),
    "min_count": _("too few"),
    "one_of": _("not one of the allowed values"),
    "no_emoji": _("holds an emoji"),
    "no_email": _("holds an e-mail address"),
    "allowed_html": _("holds HTML that is not allowed"),
    "min_pixels": _("too small"),
    "best_pixels": _("rather small"),
    "proportions": _("other proportions"),
    "max_megabytes": _("too large a file"),
    "max_megapixels": _("too many pixels"),
    "formats": _("a format that isn't taken"),
    "main_on_white": _("the main one is not on white"),
    "no_words": _("words on them"),
    "not_blurred": _("blurred ones"),
}


def limit_words(code: str) -> str:
    """A part without words of its own stays as its code."""
    field, _dot, limit = code.partition(".")
    return f"{FIELDS.get(field, field)}: {LIMITS.get(limit, limit)}"


# What a limit asks for, as the page of an export lists it.
ASKS = {
    "required": _("has to be there"),
    "max_chars": _("at most %(value)s characters"),
    "min_chars": _("at least %(value)s characters"),
    "optimal_chars": _("best %(low)s to %(high)s characters"),
    "max_count": _("at most %(value)s"),
    "min_count": _("at least %(value)s"),
    "max_chars_each": _("each at most %(value)s characters"),
    "max_name_chars": _("names of at most %(value)s characters"),
    "one_of": _("one of: %(value)s"),
    "no_emoji": _("no emoji"),
    "no_email": _("no e-mail address"),
    "allowed_html": _("only the tags %(value)s"),
    "min_pixels": _("at least %(value)s pixels"),
    "best_pixels": _("better %(value)s pixels and more"),
    "proportions": _("proportions of %(value)s"),
    "max_megabytes": _("at most %(value)s MB"),
    "max_megapixels": _("at most %(value)s million pixels"),
    "main_on_white": _("the main one on a white background"),
    "no_words": _("no words laid over the goods"),
    "not_blurred": _("not blurred"),
    "min_quality_percent": _("quality of at least %(value)s %%"),
    "formats": _("formats: %(value)s"),
    "leaf": _("a category without others below it"),
}
# Two numbers that belong together: «700 × 900».
JOINED = {"min_pixels": " × ", "best_pixels": " × ", "proportions": " : "}
KINDS = {
    "hard": _("holds a card back"),
    "advice": _("advice"),
    "not checked": _("can't be seen from the card"),
}


def asks(limit: Limit) -> str:
    """«at most 60 characters». A limit without words of its own is told by its value."""
    words = ASKS.get(limit.limit)
    value = limit.value
    if words is None:
        return str(value)
    if limit.limit == "optimal_chars":
        return str(words) % {"low": value[0], "high": value[1]}
    if limit.limit in JOINED:
        return str(words) % {"value": JOINED[limit.limit].join(map(str, value))}
    shown = ", ".join(map(str, value)) if isinstance(value, list) else f"{value}"
    return str(words) % {"value": shown} if "%" in str(words) else str(words)


def field_words(field: str) -> str:
    return str(FIELDS.get(field, field))


def kind_words(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def target_choices() -> list[tuple[str, str]]:
    """(key, title) of every target, in the reader's language."""
    return [(key, gettext(target.title)) for key, target in targets().items()]
