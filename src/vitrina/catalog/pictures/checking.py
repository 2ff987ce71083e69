"""Whether rows and files of pictures stand for each other; and pictures that no product shows any more.

A row without its files is a picture that pages can't show: mended, its places wait, and it is fetched anew. A file
without a row is what a killed fetch left: mended, it is let go once it is too old to be somebody's work under way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath

from django.db.models import Exists, OuterRef
from django.utils import timezone

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures.models import ORIGINALS, PROCESSED, THUMBS, ImageState, Picture
from vitrina.lib import files
from vitrina.lib.picture_files import Size, name_of
from vitrina.lib.storage import Found
from vitrina.lib.strays import CHUNK, SHOWN, Strays, in_chunks, look
from vitrina.lib.transactions import short_transaction

FOLDERS = (ORIGINALS, PROCESSED, THUMBS)
UNSEEN_KEPT = timedelta(days=2)  # a product that is deleted may come back with the next feed


@dataclass
class Report(Strays):
    """`lost`: names that rows point to and that aren't there."""

    pictures: int = 0
    pictures_lost: int = 0
    lost: list[str] = field(default_factory=list)  # the first of them

    @property
    def is_whole(self) -> bool:
        return not self.pictures_lost and not self.strays


def check(*, mend: bool = False) -> Report:
    """Look at every row and every file. Three look-ups in the storage for each row; memory does not grow with them."""
    report = Report()
    for pictures in in_chunks(Picture.objects.order_by("pk").iterator(CHUNK)):
        _check_rows(pictures, report, mend=mend)
    look(report, FOLDERS, _named_by_rows, mend=mend)
    return report


def _check_rows(pictures: list[Picture], report: Report, *, mend: bool) -> None:
    storage = files.storage()
    report.pictures += len(pictures)
    broken = []
    for picture in pictures:
        lost = [name for size in Size if not storage.exists(name := name_of(picture, size))]
        if lost:
            report.pictures_lost += 1
            report.lost += lost[: SHOWN - len(report.lost)]
            broken.append(picture)
    if mend and broken:
        with short_transaction():
            ProductImage.every.filter(picture__in=broken).update(
                picture=None, state=ImageState.WAITING, validators={}
            )
            Picture.objects.filter(pk__in=[picture.pk for picture in broken]).delete()


def _named_by_rows(found: Iterable[Found]) -> set[str]:
    """One query."""
    digests = {PurePosixPath(file.name).stem for file in found}
    rows = Picture.objects.filter(digest__in=digests).only("seller_id", "digest", "media_type")
    return {name_of(picture, size) for picture in rows for size in Size}


def let_unseen_go() -> int:
    """Pictures that have stood at no product for two days, rows first; how many. Killed between a row and its files,
    these are strays."""
    shown = ProductImage.every.filter(picture=OuterRef("pk"))
    unseen = Picture.objects.filter(~Exists(shown), created_at__lt=timezone.now() - UNSEEN_KEPT)
    let_go = 0
    while pictures := list(unseen.order_by("pk")[:CHUNK]):
        with short_transaction():
            Picture.objects.filter(~Exists(shown), pk__in=[picture.pk for picture in pictures]).delete()
        gone = [picture for picture in pictures if not _is_back(picture)]
        for picture in gone:
            for size in Size:
                files.storage().delete(name_of(picture, size))
        let_go += len(gone)
        if not gone:
            break
    return let_go


def _is_back(picture: Picture) -> bool:
    """Asked right before its files go: the same picture may have been fetched again meanwhile."""
    return Picture.objects.filter(seller_id=picture.seller_id, digest=picture.digest).exists()
