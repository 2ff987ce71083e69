"""A person's values are kept, and who said so."""

from __future__ import annotations

from typing import Any

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.catalog.places.models import Place
from vitrina.enrichment.placement.editing import written
from vitrina.enrichment.placement.mapping import DOUBTFUL, missing
from vitrina.lib.transactions import short_transaction


def keep(place: Place, values: dict[str, Any], *, by: User | None) -> None:
    """`values`: all of the place's, as `editing.said_by_person` gives them."""
    before = {key: written(said) for key, said in place.values.items()}
    after = {key: written(said) for key, said in values.items()}
    place.values = values
    place.missing = len(missing(place.category.attribute_schema, values))
    place.doubtful = sum(said["state"] == DOUBTFUL for said in values.values())
    with short_transaction():
        place.save(update_fields=["values", "missing", "doubtful", "updated_at"])
        audit.record("place.values", place, by=by, before=before, after=after)
