"""Which part of the queue a person works through: parsed from an address, kept while they decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vitrina.catalog.models import PATH_SEPARATOR, Category
from vitrina.catalog.search import LISTED
from vitrina.enrichment.models import ModerationItemQuerySet
from vitrina.lib.asked import Asked, as_id

# Families of reasons and findings, as a person asks for them.
REASONS = {
    "category.confidence_low": _("category: not sure enough"),
    "category.no_fit": _("category: none fits"),
    "category.parent": _("category: not the last of its branch"),
    "category.missing": _("category: none chosen"),
    "category.audit": _("audit of sure ones"),
    "price": _("price"),
    "text.missing": _("no text"),
    "text.short": _("short text"),
    "unsupported": _("claims not in the listing"),
    "suspicious": _("suspicious words"),
    "contradiction": _("contradictions"),
    "banned_word": _("words not used in cards"),
    "injection": _("words that speak to a machine"),
    "duplicate": _("repeated text"),
    "product.changed": _("product changed meanwhile"),
}
SURENESS = {
    "low": (_("below 50 %"), Q(confidence__lt=0.5)),
    "middle": (_("50 to 75 %"), Q(confidence__gte=0.5, confidence__lt=0.75)),
    "high": (_("75 % and more"), Q(confidence__gte=0.75)),
    "unknown": (_("not known"), Q(confidence=None)),
}
AGES = {
    "hour": (_("longer than an hour"), timedelta(hours=1)),
    "day": (_("longer than a day"), timedelta(days=1)),
    "week": (_("longer than a week"), timedelta(days=7)),
}
PRIORITIES = {"3": _("grave"), "2": _("doubtful"), "1": _("audits")}
LANGUAGES = {"ru": _("Russian"), "en": _("English")}


@dataclass(frozen=True)
class QueueFilter(Asked):
    """Every field is what stands in the address; an unknown value is as good as none."""

    reason: str = ""
    category: str = ""  # id of a category: it and everything below it
    sure: str = ""
    language: str = ""
    age: str = ""
    priority: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> QueueFilter:
        known: dict[str, Any] = {
            "reason": REASONS, "sure": SURENESS, "language": LANGUAGES, "age": AGES, "priority": PRIORITIES,
        }  # fmt: skip
        kept = {}
        for field in fields(cls):
            value = str(given.get(field.name, ""))
            is_fit = value in known[field.name] if field.name in known else as_id(value) is not None
            kept[field.name] = value if is_fit else ""
        return cls(**kept)

    def items(self, items: ModerationItemQuerySet) -> ModerationItemQuerySet:
        """Those of `items` that are meant. Two queries more where a branch is asked for."""
        if self.seller:
            items = items.filter(seller_id=int(self.seller))
        if self.priority:
            items = items.filter(priority=int(self.priority))
        if self.reason:
            items = items.filter(codes__contains=f"|{self.reason}")
        if self.sure:
            items = items.filter(SURENESS[self.sure][1])
        if self.language:
            items = items.filter(language=self.language)
        if self.age:
            items = items.filter(created_at__lt=timezone.now() - AGES[self.age][1])
        if self.category:
            root = Category.objects.filter(pk=int(self.category)).only("path", "seller_id", "tree").first()
            if root is None:
                return items.none()
            below = Q(path__startswith=root.path + PATH_SEPARATOR, seller_id=root.seller_id, tree=root.tree)
            branch = list(Category.objects.filter(below).values_list("pk", flat=True)[: LISTED + 1])
            if len(branch) <= LISTED:
                return items.filter(category_id__in=[root.pk, *branch])
            # Asked of each item in the order of the queue: begun with the categories, a page of fifty would sort them all.
            meant = Category.objects.filter(Q(pk=root.pk) | below, pk=OuterRef("category"))
            items = items.filter(Exists(meant))
        return items
