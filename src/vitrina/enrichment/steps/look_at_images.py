"""Look at the pictures: the first good ones that are stored by now, by a model or by their pixels alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from vitrina.catalog.pictures.choosing import Choice, LeftOut, Shown, Why, choose, shown
from vitrina.engine.ask import Answer, ImagePart, ask
from vitrina.engine.core.prompts import load
from vitrina.enrichment import seen
from vitrina.enrichment.generators.describe.subject import kind_of
from vitrina.enrichment.generators.look.applying import GENERIC, applying, fields_for
from vitrina.enrichment.generators.look.generator import GENERATOR
from vitrina.enrichment.generators.look.schema import LookedAt, LookInput, LookOutput, PixelColour
from vitrina.enrichment.run import OFFLINE, Run, Step, StepOutput
from vitrina.lib.files import storage

SKIPPED = {
    "no_pictures": "the product has no pictures",
    "not_yet": "its pictures are not fetched yet; a later run will look at them",
    "none_good": "none of its pictures can be looked at",
}


class PictureGone(Exception):
    """The file of a stored picture is missing."""

    def __init__(self, picture: Shown) -> None:
        super().__init__(picture.name)
        self.picture = picture


def look_at_images(run: Run) -> StepOutput:
    choice = chosen(run)
    if not run.facts.image_urls:
        return skipped("no_pictures", [])
    gone: list[LeftOut] = []
    while choice.chosen:
        kind, thing = kind_of(run.facts.title, run.facts.category_path or run.facts.category_hint)
        try:
            answer = look(run, choice.chosen, kind, thing)
        except PictureGone as missing:
            rest = tuple(one for one in choice.chosen if one is not missing.picture)
            gone.append(LeftOut(missing.picture.number, Why.GONE))
            choice = Choice(rest, choice.left_out)
            continue
        return StepOutput.of(answer, told(answer, choice, [*choice.left_out, *gone], kind))
    return skipped("not_yet" if choice.is_waiting else "none_good", [*choice.left_out, *gone])


def skipped(why: str, left_out: list[LeftOut]) -> StepOutput:
    told = [seen.left_out_told(one) for one in left_out]
    return StepOutput({"skipped": SKIPPED[why], "why": why, "left_out": told})


def look(run: Run, pictures: tuple[Shown, ...], kind: str, thing: str) -> Answer[LookOutput]:
    """Ask what they show. Their files are read only where a model is asked. Raises PictureGone."""
    request = LookInput(
        pictures=tuple(
            LookedAt(
                number=number,
                colours=tuple(
                    PixelColour(name=colour.name, hex=colour.hex, share=colour.share)
                    for colour in picture.measured.colours
                ),
            )
            for number, picture in enumerate(pictures, start=1)
        ),
        thing=thing or "product",
        fields=fields_for(kind, run.facts.title),
        language=run.language,
    )
    images = [ImagePart(_reading(picture)) for picture in pictures]
    # A moderator's remark is about the text: it would have the same pictures paid for anew.
    return ask(GENERATOR, request, context=run.context("look"), images=images)


def _reading(picture: Shown) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with storage().open(picture.name) as file:
                return file.read()
        except FileNotFoundError as error:
            raise PictureGone(picture) from error

    return read


def told(answer: Answer[LookOutput], choice: Choice, left_out: list[LeftOut], kind: str) -> dict[str, Any]:
    """The answer without what doesn't apply. A listing that doesn't say what it sells is judged by what was seen."""
    item = answer.value.item_type.value if answer.value.item_type else ""
    if kind == GENERIC and item:
        kind, _ = kind_of(item, "")
    kept, dropped = applying(answer.value, fields_for(kind, item), pictures=len(choice.chosen))
    stored = seen.stored(choice, left_out, kept, dropped, kind=kind, is_measured=answer.source == OFFLINE)
    return stored | {"prompt_version": answer.prompt_version, "notes": list(answer.notes)}


def chosen(run: Run) -> Choice:
    return choose(shown(run.product.images.all()), settings.AI_MAX_IMAGES_PER_PRODUCT)


def ingredients(run: Run) -> Any:
    """What each picture is by now: one that came in since is looked at when the run goes on."""
    choice = chosen(run)
    return [
        [picture.digest for picture in choice.chosen],
        [seen.left_out_told(one) for one in choice.left_out],
        run.facts.title,
        run.language,
        run.options.fresh,
        load(GENERATOR.prompt, GENERATOR.input).version,
    ]


STEP = Step(
    "look_at_images",
    work=look_at_images,
    ingredients=ingredients,
    is_wanted=lambda run: run.options.analyze_images is True,
)
