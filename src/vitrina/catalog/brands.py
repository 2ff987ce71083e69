"""Brands by key: «Dr. Jart+», «DR.JART» and «dr jart» are one."""

from __future__ import annotations

import re
from collections.abc import Collection

from vitrina.catalog.models import Brand
from vitrina.lib.text import fold

MOST_KNOWN = 50_000
SIGNS = re.compile(r"[^0-9a-zа-я]+")


def brand_key(name: str) -> str:
    """Lower case, ё→е, without signs and spaces; a name of signs alone is its own key."""
    folded = fold(name)
    return (SIGNS.sub("", folded) or folded)[:200]


def brands_by_name(names: Collection[str], known: dict[str, int]) -> dict[str, int]:
    """Brand ids for names; missing brands are made. `known` {key: id} is kept between calls and emptied
    when it has grown too big.

    Costs no query when all keys are known, three otherwise.
    """
    if len(known) > MOST_KNOWN:
        known.clear()
    wanted: dict[str, str] = {}
    for name in names:
        if name:
            wanted.setdefault(brand_key(name), name)
    missing = {key: name for key, name in wanted.items() if key not in known}
    if missing:
        known |= dict(Brand.objects.filter(key__in=missing).values_list("key", "pk"))
        new = [Brand(key=key, name=name) for key, name in missing.items() if key not in known]
        if new:
            # Another import may make the same brand now: whoever comes second takes the first one's.
            Brand.objects.bulk_create(new, ignore_conflicts=True)
            known |= dict(Brand.objects.filter(key__in=[brand.key for brand in new]).values_list("key", "pk"))
    return {name: known[key] for key, name in wanted.items()} | {
        name: known[brand_key(name)] for name in names if name
    }
