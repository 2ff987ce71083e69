"""Whether rows and files of generated pictures stand for each other.

A file without a row is of a try that was not kept, of a deleted picture or of a killed job. A row without its files is a
picture that pages can't show: mended, it fails in words, and can be asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from vitrina.imagery import ending
from vitrina.imagery.models import ORIGINALS, PROCESSED, THUMBS, GeneratedImage, ImageStatus
from vitrina.lib import files
from vitrina.lib.picture_files import Size, name_of
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.storage import Found
from vitrina.lib.strays import CHUNK, SHOWN, Strays, in_chunks, look
from vitrina.lib.transactions import short_transaction

FOLDERS = (ORIGINALS, PROCESSED, THUMBS)
LOST = gettext_noop("Its files are no longer in the storage. Ask for the picture again.")


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
    """Look at every finished picture and every file. Three look-ups in the storage for each row."""
    report = Report()
    rows = GeneratedImage.objects.filter(status=ImageStatus.COMPLETED).exclude(digest="").order_by("pk")
    for images in in_chunks(rows.iterator(CHUNK)):
        _check_rows(images, report, mend=mend)
    look(report, FOLDERS, _named_by_rows, mend=mend)
    return report


def let_strays_go() -> Report:
    """Files alone; no row is touched."""
    report = Report()
    look(report, FOLDERS, _named_by_rows, mend=True)
    return report


def _check_rows(images: list[GeneratedImage], report: Report, *, mend: bool) -> None:
    storage = files.storage()
    report.pictures += len(images)
    for image in images:
        lost = [name for size in Size if not storage.exists(name := name_of(image, size))]
        if not lost:
            continue
        report.pictures_lost += 1
        report.lost += lost[: SHOWN - len(report.lost)]
        if mend:
            with short_transaction():
                told = {"status": ImageStatus.FAILED, "reason": LOST, "digest": "", "cache_key": ""}
                image.status = ImageStatus.FAILED
                if GeneratedImage.objects.filter(pk=image.pk, digest=image.digest).update(**told):
                    ending.tell(image)


def _named_by_rows(found: Iterable[Found]) -> set[str]:
    """One query."""
    digests = {PurePosixPath(file.name).stem for file in found}
    rows = GeneratedImage.objects.filter(digest__in=digests).only("seller_id", "digest", "media_type")
    return {name_of(image, size) for image in rows for size in Size}
