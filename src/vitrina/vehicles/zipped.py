"""The pictures of a series in one archive, as the services gave them, each named after its angle."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.text import slugify

from vitrina.imagery.models import GeneratedImage
from vitrina.lib import files
from vitrina.vehicles.models import CarSeries

IN_MEMORY = 16 * 1024 * 1024
PIECE = 1024 * 1024


def zipped(series: CarSeries, pictures: Sequence[GeneratedImage]) -> IO[bytes]:
    """An open file, which the caller closes. Raises FileNotFoundError where a picture's file is lost."""
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the caller closes it
    storage = files.storage()
    # Pictures are packed already: storing them costs no time and hardly any space.
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for number, picture in enumerate(pictures, start=1):
            suffix = picture.original_name.rpartition(".")[2]
            entry = ZipInfo(f"{number:02d}-{picture.part}.{suffix}", picture.created_at.timetuple()[:6])
            with storage.open(picture.original_name) as source, archive.open(entry, "w") as place:
                while piece := source.read(PIECE):
                    place.write(piece)
    target.seek(0)
    return target


def archive_name(series: CarSeries) -> str:
    """ASCII: «renault-clio-2021-car-1a2b3c4d.zip»."""
    return f"{slugify(f'{series.vehicle} {series.series.session}') or 'series'}.zip"
