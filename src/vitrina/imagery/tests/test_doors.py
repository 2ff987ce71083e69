"""Pages and the API of pictures, as people and programs meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts import quotas, runtime_settings
from vitrina.accounts.models import AuditEntry, Plan, Seller, User
from vitrina.accounts.tokens import issue
from vitrina.imagery import ending, installed, picture_filter, service_order
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.picture_filter import PictureFilter
from vitrina.imagery.ratios import ratio_of
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)

JSON = "application/json"


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(alice: User, client: Client) -> Client:
    client.force_login(alice)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def program(alice: User) -> Client:
    cache.clear()
    secret = issue(alice, "test", ["view", "illustrate"]).secret
    return Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"})


def titles(answer: Any) -> list[str]:
    return [tile.image.title for tile in answer.context["tiles"]]


def none_left(seller: Seller) -> None:
    seller.plan = Plan.objects.create(name="FREE", limits={"pictures": {"month": 0}})
    seller.save()
    quotas.forget_plans()


def test_a_picture_is_asked_for_drawn_and_shown(seller: Seller, desk: Client) -> None:
    said = {"seller": seller.pk, "text": " A castle   at night ", "style": "watercolor, calm", "ratio": "1:1"}
    answer = desk.post("/pictures/new/", said)
    image = GeneratedImage.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/pictures/{image.pk}/")
    assert (image.title, image.options["style"], image.options["ratio"]) == (
        "A castle at night",
        ["watercolor", "calm"],
        [1, 1],
    )
    assert 'aria-busy="true"' in desk.get("/pictures/").content.decode()
    run_ready()
    image.refresh_from_db()
    assert (image.status, image.is_marked, image.real_width) == ("completed", True, image.real_height)
    page = desk.get(f"/pictures/{image.pk}/").content.decode()
    assert f"/media/images/{image.pk}/{image.digest}/processed" in page
    assert "watercolor" in page
    thumb = desk.get(f"/media/images/{image.pk}/{image.digest}/thumb")
    assert (thumb["Content-Type"], thumb.getvalue()[:4]) == ("image/webp", b"RIFF")
    file = desk.get(f"/pictures/{image.pk}/download")
    assert file["Content-Disposition"].startswith(f'attachment; filename="picture-{image.pk}.')
    assert len(file.getvalue()) == image.size


@pytest.mark.parametrize(
    ("name", "value"),
    [("text", " "), ("ratio", "16"), ("ratio", "0:9"), ("seed", "-1"), ("style", "a,b,c,d,e,f,g,h,i,j,k"), ("service", "nobody")],
)  # fmt: skip
def test_what_can_t_be_is_said_at_its_field_and_nothing_begins(
    seller: Seller, desk: Client, name: str, value: str
) -> None:
    answer = desk.post("/pictures/new/", {"seller": seller.pk, "text": "A castle"} | {name: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert not GeneratedImage.objects.exists()
    assert not Job.objects.exists()


def test_a_spent_plan_is_told_with_its_limit_and_nothing_begins(
    seller: Seller, desk: Client, program: Client
) -> None:
    none_left(seller)
    answer = desk.post("/pictures/new/", {"seller": seller.pk, "text": "A castle"})
    assert answer.status_code == 422
    assert "The plan allows 0 pictures" in answer.content.decode()
    told = program.post("/api/v1/images", {"seller": seller.pk, "text": "A castle"}, JSON)
    assert (told.status_code, told.json()["type"]) == (429, "/api/docs#problem-limit")
    assert told.json()["limit"] == 0
    assert not GeneratedImage.objects.exists()


def test_once_more_and_otherwise_make_new_pictures_of_the_same(seller: Seller, desk: Client) -> None:
    first = factories.generated_image(seller)
    desk.post(f"/pictures/{first.pk}/repetition")
    desk.post(f"/pictures/{first.pk}/change", {"text": "A lighthouse by day", "ratio": "1:1"})
    first, again, other = GeneratedImage.objects.order_by("pk")
    assert (first.status, again.status, other.status) == ("completed", "queued", "queued")
    assert again.scene["parts"] == first.scene["parts"]
    assert other.scene["parts"] == ["A lighthouse by day"]
    assert other.options["ratio"] == [1, 1]


def test_one_under_way_is_cancelled_and_one_that_stands_is_deleted(seller: Seller, desk: Client) -> None:
    desk.post("/pictures/new/", {"seller": seller.pk, "text": "A castle"})
    image = GeneratedImage.objects.get()
    desk.post(f"/pictures/{image.pk}/cancellation")
    image.refresh_from_db()
    assert (image.status, image.held) == ("failed", [])
    assert "Cancelled" in desk.get(f"/pictures/{image.pk}/").content.decode()
    assert desk.post(f"/pictures/{image.pk}/deletion").headers["Location"] == "/pictures/"
    assert not GeneratedImage.objects.exists()
    assert AuditEntry.objects.get(action="image.delete").before["title"] == "A castle"


def test_filters_hold_together_and_pages_go_by_key(
    seller: Seller, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        factories.generated_image(
            seller,
            title=f"Замок {number}",
            quality_level="poor" if number % 2 else "good",
            status="completed",
        )
    factories.generated_image(seller, title="Мост", status="failed", service="openai")
    assert titles(desk.get("/pictures/?quality=poor&q=замок")) == ["Замок 3", "Замок 1"]
    assert titles(desk.get("/pictures/?service=openai&status=failed")) == ["Мост"]
    assert titles(desk.get("/pictures/?recipe=book_scene")) == []
    monkeypatch.setattr("vitrina.imagery.views.PAGE", 2)
    page = desk.get("/pictures/")
    assert titles(page) == ["Мост", "Замок 4"]
    older = desk.get(f"/pictures/?before={page.context['slice'].older}")
    assert titles(older) == ["Замок 3", "Замок 2"]
    assert titles(desk.get(f"/pictures/?after={older.context['slice'].newer}")) == ["Мост", "Замок 4"]


def test_a_rare_filter_looks_so_far_says_so_and_leads_on(
    seller: Seller, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_filter, "FIRST_LOOK", 2)
    monkeypatch.setattr(picture_filter, "LOOKED_AT", 3)
    factories.generated_image(seller, title="Мост", status="failed")
    for number in range(4):
        factories.generated_image(seller, title=f"Замок {number}", status="failed")
    page = desk.get("/pictures/?q=мост")
    assert (titles(page), page.context["looked_at"]) == ([], 3)
    assert titles(desk.get(f"/pictures/?q=мост&before={page.context['slice'].older}")) == ["Мост"]


@given(st.dictionaries(st.sampled_from([*PictureFilter.__dataclass_fields__]), st.text(max_size=30)))
def test_whatever_stands_in_the_address_a_filter_comes_of_it(said: dict[str, str]) -> None:
    wanted = PictureFilter.of(said)
    assert PictureFilter.of(wanted.stored()) == wanted


@given(st.integers(1, 32), st.integers(1, 32), st.sampled_from([":", "x", "×", " / "]))
def test_a_ratio_is_read_however_its_sides_are_parted(width: int, height: int, between: str) -> None:
    assert ratio_of(f" {width}{between}{height} ") == (width, height)


@given(st.text(max_size=12).filter(lambda text: not any(sign in text for sign in ":x×/")))
def test_what_has_no_two_sides_is_no_ratio(text: str) -> None:
    with pytest.raises(ValueError, match=r"16:9|через"):
        ratio_of(text)


def test_two_pictures_are_compared_only_where_both_have_files(seller: Seller, desk: Client) -> None:
    one, two = factories.generated_image(seller), factories.generated_image(seller, colour="olive")
    assert desk.get(f"/pictures/{one.pk}/beside/{two.pk}/").status_code == 200
    waiting = factories.generated_image(seller, status="queued")
    assert desk.get(f"/pictures/{one.pk}/beside/{waiting.pk}/").status_code == 404
    strange = factories.generated_image(Seller.objects.create(name="Чужой", slug="strange"))
    assert desk.get(f"/pictures/{one.pk}/beside/{strange.pk}/").status_code == 404


def test_a_program_asks_once_however_often_it_sends(seller: Seller, program: Client) -> None:
    said = {"seller": seller.pk, "text": "A castle", "ratio": "16:9", "style": ["ink"]}
    key = {"Idempotency-Key": "castle-1"}
    first = program.post("/api/v1/images", said, JSON, headers=key)
    assert first.status_code == 202
    assert first.json()["job"]["kind"] == "imagery.draw"
    assert program.post("/api/v1/images", said, JSON, headers=key).json() == first.json()
    assert program.post("/api/v1/images", said, JSON).json()["image"]["id"] == first.json()["image"]["id"]
    run_ready()
    ready = program.get(f"/api/v1/images/{first.json()['image']['id']}").json()
    assert ready["status"] == "completed"
    assert program.get(ready["picture_url"]).getvalue()[:2] == b"\xff\xd8"
    again = program.post("/api/v1/images", said, JSON).json()
    assert (again["job"], again["image"]["id"]) == (None, ready["id"])


@pytest.mark.parametrize("more", [{"ratio": "wide"}, {"style": ["x"] * 11}, {"seed": 2**31}, {"service": "x"}, {"colour": 1}])  # fmt: skip
def test_a_program_is_told_which_field_is_wrong(
    seller: Seller, program: Client, more: dict[str, Any]
) -> None:
    answer = program.post("/api/v1/images", {"seller": seller.pk, "text": "A castle"} | more, JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, list(more))
    assert not GeneratedImage.objects.exists()


def test_a_picture_by_a_recipe_takes_no_other_words(seller: Seller, program: Client) -> None:
    image = factories.generated_image(seller, recipe="product_shot")
    answer = program.post(f"/api/v1/images/{image.pk}/redo", {"text": "A castle"}, JSON)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["text"])
    assert program.post(f"/api/v1/images/{image.pk}/redo", {"ratio": "1:1"}, JSON).status_code == 202
    assert GeneratedImage.objects.count() == 2


def test_services_are_told_in_their_order_and_figures_to_superusers_alone(
    program: Client, alice: User
) -> None:
    told = program.get("/api/v1/images/services").json()["services"]
    assert [one["name"] for one in told] == list(installed.services())
    assert {one["name"]: one["state"] for one in told}["placeholder"] == "ready"
    assert all(one["figures"] is None for one in told)
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    assert all(
        one["figures"]["calls"] == 0 for one in program.get("/api/v1/images/services").json()["services"]
    )


def test_an_operator_orders_services_and_switches_them_off(alice: User, desk: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    before = list(installed.services())
    desk.post(f"/settings/pictures/{before[1]}/move", {"to": "earlier"})
    runtime_settings.forget()
    after = installed.services()
    assert list(after) == [before[1], before[0], *before[2:]]
    assert [one.place for one in after.values()] == list(range(len(before)))
    desk.post("/settings/pictures/placeholder/switching", {"on": "0"})
    desk.post("/settings/pictures/placeholder/switching", {"on": "0"})
    assert not installed.services()["placeholder"].is_usable
    assert service_order.switched_off() == {"placeholder"}
    desk.post("/settings/pictures/placeholder/switching", {"on": "1"})
    assert installed.services()["placeholder"].is_usable
    assert AuditEntry.objects.filter(action="setting.change").count() == 3


def test_a_trial_asks_this_service_first(seller: Seller, alice: User, desk: Client) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    desk.post("/settings/pictures/placeholder/trial", {"seller": seller.pk})
    image = GeneratedImage.objects.get()
    assert image.options["service"] == "placeholder"
    desk.post("/settings/pictures/midjourney/trial", {"seller": seller.pk})
    assert GeneratedImage.objects.count() == 1


def test_the_end_of_a_picture_is_announced_once(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str, Any]] = []
    monkeypatch.setattr(
        "vitrina.imagery.news.announce",
        lambda seller_id, kind, subject, data: told.append((kind, subject, data["reason"])),
    )
    done = factories.generated_image(seller, status="generating")
    lost = factories.generated_image(seller, status="generating")
    ending.complete(done.pk, {"service": "placeholder"}, keeps_unit=True)
    ending.fail(lost.pk, "No service gave a picture in %(count)s tries.", {"count": 3})
    ending.fail(lost.pk, "Again.")
    assert told == [
        ("image.completed", f"image:{done.pk}", ""),
        ("image.failed", f"image:{lost.pk}", "No service gave a picture in 3 tries."),
    ]
