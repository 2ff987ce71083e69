"""The score of a series from its rows: the newest finished picture of each angle. No file is opened."""

from __future__ import annotations

from typing import Any

from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.lib.pictures.quality.consistency import Angle as Measured
from vitrina.lib.pictures.quality.consistency import consistency
from vitrina.vehicles import recipe, scoring
from vitrina.vehicles.angles import angle
from vitrina.vehicles.models import CarSeries
from vitrina.vehicles.recipe import Car
from vitrina.vehicles.scoring import Pixels, Score, Shot

OTHER_COLOR = "other_color"  # the issue of `lib.pictures.quality` that a subject has another color


def keep_score(series: CarSeries) -> None:
    """Write the score as it is now. In the caller's transaction."""
    found = score_of(series, finished(series))
    series.series.score = as_json(found)
    series.series.save(update_fields=["score"])


def finished(series: CarSeries) -> list[GeneratedImage]:
    """The newest finished picture of each angle, in the order of the angles. One query."""
    rows = series.series.images.filter(status=ImageStatus.COMPLETED).order_by("pk")
    newest = {row.part: row for row in rows}
    return [newest[identity] for identity in series.angles if identity in newest]


def score_of(series: CarSeries, pictures: list[GeneratedImage]) -> Score:
    """Placeholders are no pictures of a car: a series of them alone has no score."""
    real = [picture for picture in pictures if not picture.is_marked]
    shots = [_shot(picture) for picture in real]
    seeds = [picture.seed for picture in real if picture.seed is not None]
    car = recipe.car(**series.told)
    return scoring.score(car, series.frozen, shots, _pixels(car, real), seeds=seeds)


def as_json(found: Score) -> dict[str, Any]:
    return {
        "version": scoring.VERSION,
        "total": found.total,
        "judged": found.judged,
        "duplicates": [list(pair) for pair in found.duplicates],
        "odd": list(found.odd),
        "groups": [
            {
                "key": group.key,
                "name": group.name,
                "points": group.points,
                "most": group.most,
                "parts": [
                    {
                        "key": part.key,
                        "name": part.name,
                        "points": part.points,
                        "most": part.most,
                        "is_of_pixels": part.is_of_pixels,
                    }
                    for part in group.parts
                ],
            }
            for group in found.groups
        ],
    }


def _shot(picture: GeneratedImage) -> Shot:
    was_judged = picture.quality_score is not None and angle(picture.part).is_exterior
    codes = {issue.get("code") for issue in picture.issues}
    return Shot(
        angle=picture.part,
        prompt=picture.prompt,
        negative=picture.negative_prompt,
        seed=picture.seed,
        service=picture.service,
        model=picture.model,
        size=(picture.width, picture.height),
        references=tuple(sorted(str(one.get("digest", "")) for one in picture.references)),
        digest=picture.digest,
        has_asked_color=OTHER_COLOR not in codes if was_judged and picture.scene.get("color") else None,
    )


def _pixels(car: Car, pictures: list[GeneratedImage]) -> Pixels:
    """Pictures of one angle alone are compared with nothing."""
    if len(pictures) < 2:
        return Pixels()
    found = consistency(
        [Measured(picture.part, picture.measured) for picture in pictures],
        without_color=frozenset(picture.part for picture in pictures if not angle(picture.part).is_exterior),
        color=car.color_hex,
    )
    alike = {name for pair in found.duplicates for name in pair}
    is_measured = all(picture.measured.get("bits") for picture in pictures)
    return Pixels(
        body_color=found.body,
        palette=found.palette,
        distinct=1 - len(alike) / len(pictures) if is_measured else None,
        duplicates=found.duplicates,
        odd=found.odd,
    )
