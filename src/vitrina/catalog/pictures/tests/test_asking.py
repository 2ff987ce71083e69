from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.intake import receive_many
from vitrina.catalog.listing import Listing
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures import asking
from vitrina.catalog.pictures.models import ImageState
from vitrina.catalog.pictures.tests.site import Site, picture
from vitrina.jobs.crew import Crew
from vitrina.jobs.models import Job
from vitrina.jobs.states import State
from vitrina.jobs.work import drain

MUG = Listing(external_id="1", title="Кружка", image_urls=("http://a.example/1.jpg",))


def waiting_jobs() -> list[list[int]]:
    return [job.payload["product_ids"] for job in Job.objects.filter(kind=asking.KIND).order_by("pk")]


@pytest.mark.django_db
def test_what_came_in_asks_for_its_pictures_in_one_job_of_many_products(seller: Seller) -> None:
    listings = [replace(MUG, external_id=str(n)) for n in range(3)]
    received = receive_many(seller, [*listings, replace(MUG, external_id="bare", image_urls=())])
    assert waiting_jobs() == [received.created[:3]]


@pytest.mark.django_db
def test_only_new_addresses_ask_again(seller: Seller) -> None:
    receive_many(seller, [MUG])
    Job.objects.all().delete()
    receive_many(seller, [MUG])
    receive_many(seller, [replace(MUG, title="Кружка новая")])
    assert waiting_jobs() == []
    receive_many(seller, [replace(MUG, image_urls=(*MUG.image_urls, "http://a.example/2.jpg"))])
    assert waiting_jobs() == [[Product.objects.get().pk]]


@pytest.mark.django_db
def test_a_full_queue_holds_up_no_listing_and_the_clock_asks_later(seller: Seller, monkeypatch: Any) -> None:
    monkeypatch.setattr("vitrina.jobs.enqueue._rooms", {})
    monkeypatch.setattr("vitrina.jobs.enqueue.pace", lambda: type("Pace", (), {"queue_limit": 0}))
    received = receive_many(seller, [MUG])
    assert len(received.created) == 1
    assert waiting_jobs() == []
    monkeypatch.undo()
    assert asking.ask_for_forgotten() == 1
    assert waiting_jobs() == [received.created]
    assert asking.ask_for_forgotten() == 0


@pytest.mark.django_db
def test_a_dead_job_is_left_to_a_person(seller: Seller) -> None:
    receive_many(seller, [MUG])
    Job.objects.update(state=State.DEAD)
    assert asking.ask_for_forgotten() == 0


@pytest.mark.django_db
def test_an_installation_may_want_no_pictures(seller: Seller, settings: Any) -> None:
    settings.FETCH_PICTURES = False
    receive_many(seller, [MUG])
    assert (waiting_jobs(), asking.ask_for_forgotten()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_job_tries_thrice_and_then_says_that_it_could_not(site: Site) -> None:
    seller = factories.seller()
    site.pages["/1.jpg"] = picture()
    site.pages["/2.jpg"] = lambda headers: (503, {}, b"")
    receive_many(seller, [replace(MUG, image_urls=(f"{site.url}/1.jpg", f"{site.url}/2.jpg"))])
    for _try in range(3):
        assert drain(Crew(1), most=1) == 1
        Job.objects.filter(state=State.QUEUED).update(run_at="2026-01-01T00:00:00Z")
    job = Job.objects.get(kind=asking.KIND)
    assert (job.state, job.result) == (State.DONE, {"stored": 0, "failed": 1, "refused": 0})
    assert site.asked == {"/1.jpg": 1, "/2.jpg": 3}
    states = ProductImage.objects.order_by("position").values_list("state", flat=True)
    assert list(states) == [ImageState.STORED, ImageState.FAILED]
