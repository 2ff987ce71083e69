"""Attributes read from a listing without a model."""

from __future__ import annotations

from vitrina.enrichment.generators.attributes.schema import AttributesInput, AttributesOutput


def extract(request: AttributesInput) -> AttributesOutput:
    from vitrina.enrichment.generators.attributes.extraction import values

    return AttributesOutput(values=values(request))
