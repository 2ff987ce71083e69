"""Rows and files of generated pictures stand for each other; what no row knows is let go once it is old."""

from __future__ import annotations

import os
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from vitrina.imagery import checking
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.tests.conftest import Ask, run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.lib import files

pytestmark = pytest.mark.django_db

DAY = 24 * 3600


def age(root: Path) -> None:
    yesterday = time.time() - DAY
    for path in root.rglob("*.*"):
        os.utime(path, (yesterday, yesterday))


def test_what_was_kept_stays_and_a_try_that_was_not_goes_when_it_is_old(
    services: DrawingWorld, ask: Ask, settings: Any
) -> None:
    services.says("swift", "poor")
    image = ask()
    run()
    made = GeneratedImage.objects.get(pk=image.pk)
    report = checking.check()
    assert (report.files, report.strays, report.young) == (4, 0, 1)
    age(settings.MEDIA_ROOT)
    told = checking.let_strays_go()
    assert told.strays == 1
    assert told.stray_names[0].startswith("generated/original/")
    assert checking.check().is_whole
    assert files.storage().exists(made.original_name)


def test_a_row_that_lost_its_files_says_so_and_can_be_asked_for_again(
    services: DrawingWorld, ask: Ask
) -> None:
    image = ask()
    run()
    made = GeneratedImage.objects.get(pk=image.pk)
    files.storage().delete(made.thumb_name)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_pictures", stdout=out)
    assert made.thumb_name in out.getvalue()
    call_command("check_pictures", "--mend", stdout=out)
    made.refresh_from_db()
    assert (made.status, made.reason, made.digest) == ("failed", checking.LOST, "")
    assert ask() != image
