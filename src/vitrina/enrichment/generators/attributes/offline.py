"""Attributes read from a listing without a model."""

from __future__ import annotations

from vitrina.enrichment.generators.attributes.schema import AttributesInput, AttributesOutput

MOST_VALUES = 40


def extract(request: AttributesInput) -> AttributesOutput:
    """By the category's schema where there is one, by the general kinds otherwise."""
    from vitrina.enrichment.generators.attributes.by_schema import fill
    from vitrina.enrichment.generators.attributes.extraction import general_values

    general = general_values(request)
    if request.attribute_schema:
        return fill(request, general)
    return AttributesOutput(values=list(general.values())[:MOST_VALUES])
