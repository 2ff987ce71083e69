"""A picture from the wish to the file, over real HTTP: every outcome of a service, quota, cache, places."""

from __future__ import annotations

import pytest

from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.tests.conftest import Ask, run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.lib import files

pytestmark = pytest.mark.django_db


def again(image: GeneratedImage) -> GeneratedImage:
    return GeneratedImage.objects.get(pk=image.pk)


def test_a_wish_becomes_a_stored_picture_with_all_that_made_it(services: DrawingWorld, ask: Ask) -> None:
    image = ask("an old castle", "evening light")
    assert image.status == ImageStatus.QUEUED
    run()
    made = again(image)
    assert (made.status, made.service, made.model, made.reason) == ("completed", "swift", "one", "")
    assert "old castle" in made.prompt
    assert (made.real_width, made.real_height) == (640, 480)
    assert made.quality_score is not None
    for name in (made.original_name, made.processed_name, made.thumb_name):
        assert files.storage().exists(name)
    [attempt] = made.attempts.all()
    assert (attempt.outcome, attempt.service, attempt.cost) == ("ok", "swift", made.cost)
    assert services.calls == {"swift": 1}
