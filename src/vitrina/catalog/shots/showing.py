"""A product's shots, each held against the photo that it was drawn after and against the marketplace's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.catalog.limits import NOT_CHECKED, Target
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import rules
from vitrina.catalog.pictures.models import Picture
from vitrina.catalog.shots.asking import KINDS, target_of
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.picture_filter import UNSHOWN
from vitrina.imagery.product_shot import ShotKind
from vitrina.imagery.showing import Tile, said, tiles_of
from vitrina.lib.pictures.quality.comparison import SHAPE_UNKNOWN, Compared, compare

MOST = 24


@dataclass(frozen=True)
class Shot:
    """`compared`: None where one of both pictures is missing, or the shot is a placeholder. `changes`, `broken`: what changed
    against the photo, and which rules of the seller's marketplace it breaks, in the reader's language."""

    tile: Tile
    compared: Compared | None
    changes: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def kind(self) -> str:
        return str(KINDS[ShotKind(self.image.part)]) if self.image.part in set(ShotKind) else ""

    @property
    def image(self) -> GeneratedImage:
        return self.tile.image


def shots_of(product: Product, *, after: int) -> list[Shot]:
    """Newest first. Two queries."""
    rows = GeneratedImage.objects.filter(subject=f"product:{product.pk}", seller_id=product.seller_id)
    shown = rows.defer(*(set(UNSHOWN) - {"references", "measured"})).order_by("-pk")[:MOST]
    tiles = tiles_of(shown, after=after)
    digests = {given["digest"] for tile in tiles for given in tile.image.references}
    photos = Picture.objects.filter(seller_id=product.seller_id, digest__in=digests)
    by_digest = {photo.digest: photo for photo in photos}
    target = target_of(product.seller)
    return [_shot(tile, by_digest, target) for tile in tiles]


def _shot(tile: Tile, photos: dict[str, Picture], target: Target | None) -> Shot:
    image = tile.image
    photo = next((photos[given["digest"]] for given in image.references if given["digest"] in photos), None)
    if photo is None or not image.digest or image.is_marked:
        return Shot(tile, None, (), ())
    compared = compare(photo.measured, image.measured)
    changes = [said(change.sentence, dict(change.values)) for change in compared.changes]
    if compared.likelihood is not None and not compared.is_shape_known:
        changes.append(said(SHAPE_UNKNOWN))
    return Shot(tile, compared, tuple(changes), tuple(_broken(image, target)))


def _broken(image: GeneratedImage, target: Target | None) -> Sequence[str]:
    if target is None:
        return []
    seen: Any = (
        rules.seen(
            1,
            media_type=image.media_type,
            width=image.real_width,
            height=image.real_height,
            size=image.size,
            measured=image.measured,
        ),
    )
    remarks = [
        rules.CHECKS[limit.limit](limit.field, seen, limit.value)
        for limit in target.limits
        if limit.field == "pictures" and limit.kind != NOT_CHECKED
    ]
    return [said(remark.sentence, dict(remark.values)) for remark in remarks if remark]
