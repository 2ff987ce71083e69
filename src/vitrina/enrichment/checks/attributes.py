"""What a run has to say of a category's attributes: required ones that nothing says, and ones that are said in two ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.enrichment.findings import Finding, Severity


def attribute_findings(output: Mapping[str, Any]) -> list[Finding]:
    """Of the output of the step that fills them. No model mends these: the listing is what it is."""
    missing = [
        Finding(
            "attribute.missing", Severity.WARNING, {"name": name}, rule="attribute.missing", repairable=False
        )
        for name in output.get("missing", ())
    ]
    doubtful = [
        Finding(
            "attribute.doubt", Severity.WARNING, {"name": name, "values": [found["value"] for found in values]},
            rule="attribute.doubt", repairable=False,
        )
        for name, values in output.get("doubts", {}).items()
    ]  # fmt: skip
    return missing + doubtful
