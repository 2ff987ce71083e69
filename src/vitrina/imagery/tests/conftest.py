"""Fixtures of the pictures: services on loopback, and the jobs of pictures run at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from vitrina.accounts import quotas
from vitrina.accounts.models import Seller
from vitrina.imagery import asking, figures, installed
from vitrina.imagery.models import GeneratedImage, ImageAttempt
from vitrina.imagery.scene import Recipe, Scene
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import OFFLINE, service
from vitrina.jobs.crew import Crew
from vitrina.jobs.models import Job
from vitrina.jobs.work import drain


@pytest.fixture
def world() -> Iterator[DrawingWorld]:
    world = DrawingWorld()
    yield world
    world.close()


@pytest.fixture
def services(
    world: DrawingWorld, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> DrawingWorld:
    """«swift» is asked first, «solid» after it, then the offline one draws."""
    settings.MEDIA_ROOT = tmp_path
    here = (service("swift", world.url), service("solid", world.url), OFFLINE)
    monkeypatch.setattr(installed, "SERVICES", here)
    figures.forget()
    quotas.forget_plans()
    return world


def scene(*parts: str, **fields: Any) -> Scene:
    known = {"recipe": Recipe.FREE, "parts": parts or ("an old castle",), "width": 640, "height": 480}
    return Scene(**(known | fields))


Ask = Callable[..., GeneratedImage]


@pytest.fixture
def ask(seller: Seller) -> Ask:
    def ask(*parts: str, **fields: Any) -> GeneratedImage:
        known = {"title": "A castle", "scene": scene(*parts)}
        told = known | fields
        return asking.ask_for(seller, told.pop("scene"), **told)

    return ask


def run(*, threads: int = 0, most: int = 50) -> None:
    """Run what is queued; with `threads` in so many of them, each with a connection of its own."""
    if not threads:
        drain(Crew(4), most=most)
        return
    crew = Crew(threads + 1)

    def work() -> None:
        try:
            drain(crew, most=most)
        finally:
            connection.close()

    working = [threading.Thread(target=work) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join(60)


def hurry() -> None:
    """What waits for a later moment is due now."""
    Job.objects.filter(state="queued").update(run_at=timezone.now() - timedelta(seconds=1))
    GeneratedImage.objects.update(not_before=None)
    ImageAttempt.objects.update(at=timezone.now() - timedelta(hours=1))
