"""Look at the pictures: its place in a run. The analysis itself needs the picture store, which isn't built yet."""

from __future__ import annotations

from vitrina.enrichment.run import Run, Step, StepOutput


def look_at_images(run: Run) -> StepOutput:
    if not run.facts.image_urls:
        return StepOutput({"skipped": "the product has no pictures"})
    return StepOutput({"skipped": "this version doesn't look at pictures yet; their addresses are kept"})


STEP = Step(
    "look_at_images",
    work=look_at_images,
    ingredients=lambda run: run.facts.image_urls,
    is_wanted=lambda run: run.options.analyze_images is True,
)
