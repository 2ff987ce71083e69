"""A car's series from the first wish to pictures in a folder: what `vitrina car_series` does, without the web.

The session derives from the wish, so the same wish goes on with the same series, whenever it was broken off.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from vitrina.accounts.models import Seller
from vitrina.imagery.asking import PicturesSpent, QueueFull
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.showing import trouble_of
from vitrina.jobs.worker import Worker
from vitrina.lib import files
from vitrina.vehicles import changing, photos, scorekeeping, series
from vitrina.vehicles.angles import USUAL, in_order
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.series import SeriesRefused

LOOK_SECONDS = 0.2
SUMMARY = "series.json"


@dataclass(frozen=True)
class Wish:
    """`told`: fields as `recipe.car` takes them. `photo`: the seller's own, None for none. `session`: empty: from the wish."""

    told: dict[str, Any]
    out: Path
    angles: tuple[str, ...] = USUAL
    options: Options = field(default_factory=Options)
    photo: Path | None = None
    session: str = ""
    most_at_once: int = series.MOST_AT_ONCE
    threads: int = series.MOST_AT_ONCE


@dataclass(frozen=True)
class Tick:
    """`cost`: USD so far, None where one picture's isn't known."""

    done: int
    failed: int
    total: int
    cost: Decimal | None
    now: str


@dataclass(frozen=True)
class Summary:
    """`files`: {angle: path} that were written. `placeholders`: {angle: why no service drew it}, empty words where none is
    set up. `failed`: {angle: why}. `stopped_by`: the limit that ended it; empty: none."""

    session: str
    files: dict[str, Path]
    placeholders: dict[str, str]
    failed: dict[str, str]
    cost: Decimal | None
    score: dict[str, Any] | None
    stopped_by: str = ""


Watch = Callable[[Tick], None]


def draw(seller: Seller, wish: Wish, *, watch: Watch) -> Summary:
    """Raises PictureRefused for a photo that can't be read, SeriesRefused for a session of another car, OSError."""
    stopped_by = ""
    try:
        one = _series(seller, wish)
        _again(one)
        _work(one, wish, watch)
    except (PicturesSpent, QueueFull) as limit:
        found = CarSeries.objects.filter(series__session=session_of(wish), series__seller=seller).first()
        if found is None:
            return Summary(session_of(wish), {}, {}, {}, Decimal(0), None, str(limit))
        one, stopped_by = found, str(limit)
    one = _fresh(one)
    if one.trouble and not stopped_by and series.missing(one):
        stopped_by = one.trouble % one.trouble_values if one.trouble_values else one.trouble
    return _written(one, wish, stopped_by)


def session_of(wish: Wish) -> str:
    if wish.session:
        return wish.session
    photo = hashlib.sha256(wish.photo.read_bytes()).hexdigest() if wish.photo else ""
    told = [wish.told, in_order(wish.angles), wish.options.model_dump(mode="json"), photo]
    return f"CAR-{hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8].upper()}"


def _series(seller: Seller, wish: Wish) -> CarSeries:
    session = session_of(wish)
    known = CarSeries.objects.filter(series__session=session).select_related("series", "vehicle").first()
    if known is not None:
        if known.series.seller_id != seller.pk:
            raise SeriesRefused(series.OTHER_SESSION)
        return known
    # Broken off between the two, the car is there and its series isn't.
    alike = Vehicle.objects.filter(
        seller=seller, series=None, brand=wish.told["brand"], model=wish.told["model"]
    )
    said = {name: value for name, value in wish.told.items() if value}
    vehicle = next((car for car in alike if said.items() <= series.told_of(car).items()), None)
    vehicle = vehicle or changing.create(seller, by=None, **wish.told)
    if wish.photo is not None:
        with wish.photo.open("rb") as stream:
            photos.put(vehicle, photos.read(stream), by=None)
    return series.begin(
        vehicle,
        angles=wish.angles,
        options=wish.options,
        session=session,
        most_at_once=wish.most_at_once,
        by=None,
    )


def _again(one: CarSeries) -> None:
    """What failed before is tried anew, what was never asked for is asked for."""
    one = _fresh(one)
    if one.waits_for_id is not None:
        return
    newest = {image.part: image for image in one.series.images.order_by("pk")}
    for identity, image in newest.items():
        if image.status == ImageStatus.FAILED:
            with contextlib.suppress(SeriesRefused):  # it is being drawn already
                series.redo(one, identity, by=None)
    series.ask_missing(one, by=None)


def _work(one: CarSeries, wish: Wish, watch: Watch) -> None:
    worker, pause = Worker(wish.threads), threading.Event()
    worker.start()
    try:
        while True:
            tick = _tick(one)
            watch(tick)
            if not _is_live(one):
                return
            pause.wait(LOOK_SECONDS)
    finally:
        worker.stop()


def _is_live(one: CarSeries) -> bool:
    return (
        CarSeries.objects.filter(pk=one.pk, waits_for__isnull=False).exists()
        or one.series.images.under_way().exists()
    )


def _tick(one: CarSeries) -> Tick:
    newest = {image.part: image for image in one.series.images.order_by("pk")}
    costs = [image.cost for image in one.series.images.all() if not image.is_under_way]
    drawn = [image.part for image in newest.values() if image.status == ImageStatus.GENERATING]
    return Tick(
        done=sum(image.status == ImageStatus.COMPLETED for image in newest.values()),
        failed=sum(image.status == ImageStatus.FAILED for image in newest.values()),
        total=len(one.angles),
        cost=None if any(cost is None for cost in costs) else sum((c for c in costs if c), Decimal(0)),
        now=", ".join(drawn),
    )


def _written(one: CarSeries, wish: Wish, stopped_by: str) -> Summary:
    pictures = scorekeeping.finished(one)
    written = {picture.part: _copied(picture, wish.out) for picture in pictures}
    newest = {image.part: image for image in one.series.images.order_by("pk")}
    failed = {
        part: trouble_of(image)
        for part, image in newest.items()
        if image.status == ImageStatus.FAILED and part not in written
    }
    placeholders = {picture.part: trouble_of(picture) for picture in pictures if picture.is_marked}
    summary = Summary(
        one.series.session, written, placeholders, failed, _tick(one).cost, one.series.score, stopped_by
    )
    told = {
        "session": summary.session,
        "car": one.told,
        "frozen": one.frozen,
        "following": str(one.following),
        "cost_usd": None if summary.cost is None else str(summary.cost),
        "score": summary.score,
        "placeholders": placeholders,
        "failed": failed,
        "pictures": [_told(picture, written[picture.part]) for picture in pictures],
    }
    (wish.out / SUMMARY).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return summary


def _copied(picture: GeneratedImage, folder: Path) -> Path:
    """Whole or not at all: a name of its own first."""
    target = folder / f"{picture.part}.{picture.original_name.rpartition('.')[2]}"
    half = target.with_name(f".{target.name}.half")
    with files.storage().open(picture.original_name) as source, half.open("wb") as place:
        shutil.copyfileobj(source, place)
    half.replace(target)
    return target


def _told(picture: GeneratedImage, path: Path) -> dict[str, Any]:
    names = ("service", "model", "seed", "prompt", "negative_prompt", "quality_score", "is_marked", "seconds")
    told = {name: getattr(picture, name) for name in names}
    cost = None if picture.cost is None else str(picture.cost)
    return {"angle": picture.part, "file": path.name} | told | {"cost_usd": cost}


def _fresh(one: CarSeries) -> CarSeries:
    return CarSeries.objects.select_related("series__seller", "vehicle__seller").get(pk=one.pk)
