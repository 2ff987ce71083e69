"""A wish goes through the engine to the real adapters and comes back as a picture, or to the next service."""

from __future__ import annotations

import hashlib
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from tests.servers import PictureServices

from vitrina.accounts import quotas
from vitrina.accounts.models import Seller
from vitrina.engine import calling
from vitrina.engine.models import ModelCall
from vitrina.imagery import asking, figures
from vitrina.imagery.models import GeneratedImage, ImageAttempt, original_name
from vitrina.imagery.options import Options
from vitrina.imagery.tests.conftest import Ask, hurry, run
from vitrina.imagery.tests.services.asking import PREFIXES
from vitrina.lib import files
from vitrina.simulators import pictures_drawn

pytestmark = pytest.mark.django_db

SECRET = "sk-very-secret-0123456789"


@pytest.fixture
def here(picture_services_server: PictureServices, settings: Any, tmp_path: Any) -> PictureServices:
    """Pollinations is asked first, OpenAI after it; both have keys and stand on loopback."""
    digest = hashlib.md5(pictures_drawn.placeholder().data, usedforsecurity=False).hexdigest()
    settings.MEDIA_ROOT = tmp_path
    settings.PICTURE_KEYS = settings.PICTURE_KEYS | {
        "POLLINATIONS_API_KEY": SECRET,
        "OPENAI_API_KEY": SECRET,
    }
    settings.PICTURE_SERVICES = {
        name: {"base_url": picture_services_server.url(name) + PREFIXES.get(name, ""), "rpm": 1000}
        for name in ("pollinations", "openai")
    }
    settings.PICTURE_SERVICES["pollinations"]["extra"] = {"placeholders": digest}
    for name in ("pollinations", "openai"):
        picture_services_server.set(name, key=SECRET)
    figures.forget()
    quotas.forget_plans()
    return picture_services_server


def outcomes(image: GeneratedImage) -> list[tuple[str, str]]:
    return list(image.attempts.order_by("pk").values_list("service", "outcome"))


def told() -> str:
    """Everything that was written down of pictures and calls."""
    rows = [*GeneratedImage.objects.values(), *ImageAttempt.objects.values(), *ModelCall.objects.values()]
    return json.dumps(rows, default=str)


def test_a_wish_is_drawn_paid_for_once_and_written_down(here: PictureServices, ask: Ask) -> None:
    image = ask("a red teapot on a table")
    run()
    image.refresh_from_db()
    assert (image.status, image.service, image.model) == ("completed", "pollinations", "flux")
    assert (image.real_width, image.real_height) == (image.width, image.height)
    assert image.quality_score is not None
    assert image.quality_score >= 70
    assert image.cost == Decimal("0.002")
    assert here.standing("pollinations").paid == 1
    assert ModelCall.objects.filter(kind="image").count() == 1
    assert SECRET not in told()


def test_pictures_that_nobody_wants_are_drawn_anew_with_another_seed(here: PictureServices, ask: Ask) -> None:
    here.fails("pollinations", "black", "truncated")
    image = ask("a red teapot on a table")
    run()
    image.refresh_from_db()
    assert (image.status, image.service) == ("completed", "pollinations")
    assert here.standing("pollinations").paid == 3
    seeds = [came.body["seed"] for came in here.standing("pollinations").asked]
    assert len(set(seeds)) == 3


def test_a_picture_that_says_too_many_requests_is_waited_out(here: PictureServices, ask: Ask) -> None:
    here.fails("pollinations", "placeholder")
    image = ask("a red teapot on a table")
    run()
    image.refresh_from_db()
    assert (image.status, outcomes(image)) == ("queued", [("pollinations", "retry_new_seed")])
    assert image.not_before is not None
    hurry()
    run()
    image.refresh_from_db()
    assert (image.status, outcomes(image)[-1]) == ("completed", ("pollinations", "ok"))


def test_where_the_money_is_spent_the_next_service_draws(here: PictureServices, ask: Ask) -> None:
    here.fails("pollinations", "balance")
    image = ask("a red teapot on a table")
    run()
    image.refresh_from_db()
    assert outcomes(image) == [("pollinations", "fallback"), ("openai", "ok")]
    assert (image.status, image.service, image.seed) == ("completed", "openai", None)
    assert here.standing("pollinations").paid == 0
    call = ModelCall.objects.get(kind="image", provider="openai")
    assert call.cost is not None
    assert call.cost > 0
    assert call.tokens_completion > 0
    assert SECRET not in told()


@pytest.mark.parametrize("fault", ["unauthorized", "policy", "safety", "bad_request"])
def test_what_no_other_try_can_mend_is_told_without_the_key(
    here: PictureServices, ask: Ask, fault: str
) -> None:
    here.fails("pollinations", fault)
    image = ask("a red teapot on a table")
    run()
    image.refresh_from_db()
    if fault == "unauthorized":
        assert (image.status, image.service) == ("completed", "openai")
    else:
        assert image.status == "failed"
        assert "Pollinations" in image.reason % image.reason_values
        assert here.standing("openai").calls == 0
    assert SECRET not in told()


def test_pictures_given_along_take_from_the_rate_and_the_service_is_never_asked_too_often(
    here: PictureServices, ask: Ask, settings: Any, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE_SECONDS", 0.05)
    del settings.PICTURE_SERVICES["openai"]["rpm"]  # its own: five a minute
    here.set("openai", per_minute=5)
    photo = pictures_drawn.drawn("a teapot", 320, 240, 1)
    digest = hashlib.sha256(photo.data).hexdigest()
    name = original_name(seller.pk, digest, photo.media_type)
    files.storage().save(name, io.BytesIO(photo.data), media_type=photo.media_type, is_lasting=True)
    given = [asking.ReferenceFile(name, photo.media_type, digest, "the teapot")]
    images = [
        ask(f"a red teapot, view {number}", references=given, options=Options(service="openai"))
        for number in range(3)
    ]
    run()
    standing = here.standing("openai")
    assert (standing.paid, standing.references, standing.over_rate) == (2, 2, 0)
    assert standing.most_in_a_minute == 4
    last = images[-1]
    last.refresh_from_db()
    assert (last.status, outcomes(last)) == ("queued", [("openai", "retry_after")])
