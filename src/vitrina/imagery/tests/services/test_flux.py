"""FLUX: a task is paid for once, whatever happens to whoever waits for it, and its key stays at home."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.servers import PictureServices

from vitrina.imagery.ports import Outcome, ServiceSettings
from vitrina.imagery.services.flux import SERVICE, Flux
from vitrina.imagery.tests.services.asking import KEY, ask, fault_of, order_for, reference, settings_for
from vitrina.simulators import pictures_flux


def test_a_task_is_looked_at_until_it_is_ready_and_its_picture_fetched_without_the_key(
    picture_services_server: PictureServices,
) -> None:
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE, seed=7))

    standing = picture_services_server.standing("flux")
    looked = [asked for asked in standing.asked if asked.path.endswith("/get_result")]
    assert len(looked) == pictures_flux.PENDING + 1
    assert all(asked.headers["x-key"] == KEY for asked in looked)
    fetched = standing.asked[-1]
    assert "/samples/" in fetched.path
    assert "x-key" not in fetched.headers
    assert (drawn.cost, drawn.seed) == (Decimal("0.030"), 7)  # 3 credits, as the answer told
    assert drawn.request_id in fetched.path


def test_references_are_numbered(picture_services_server: PictureServices) -> None:
    given = tuple(reference(number) for number in range(3))
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE, references=given))

    sent = picture_services_server.standing("flux").asked[0].body
    assert {name for name in sent if name.startswith("input")} == {
        "input_image",
        "input_image_2",
        "input_image_3",
    }


def test_the_same_request_again_joins_the_task_that_outlived_its_call(
    picture_services_server: PictureServices,
) -> None:
    settings, order = settings_for(SERVICE, picture_services_server), order_for(SERVICE)
    standing = picture_services_server.standing("flux")
    standing.kept["pending"] = 10_000
    late = fault_of(SERVICE, settings, order, seconds=0.4)
    assert (late.outcome, late.code, late.was_paid) == (Outcome.RETRY_SAME, "still_drawn", None)
    (task,) = standing.kept["tasks"].values()
    task["left"] = 1

    drawn = ask(SERVICE, settings, order)

    assert drawn.request_id == late.request_id
    assert (standing.calls, standing.paid) == (1, 1)


def test_another_request_does_not_join_it(picture_services_server: PictureServices) -> None:
    settings, standing = (
        settings_for(SERVICE, picture_services_server),
        picture_services_server.standing("flux"),
    )
    standing.kept["pending"] = 10_000
    fault_of(SERVICE, settings, order_for(SERVICE, seed=1), seconds=0.3)
    standing.kept["pending"] = 0

    ask(SERVICE, settings, order_for(SERVICE, seed=2))

    assert standing.paid == 2


def test_a_picture_that_could_not_be_fetched_is_fetched_by_the_next_try_and_not_drawn_again(
    picture_services_server: PictureServices,
) -> None:
    settings, order = settings_for(SERVICE, picture_services_server), order_for(SERVICE)
    picture_services_server.fails(
        "flux", "unavailable_html", "unavailable_html", "unavailable_html", on="/samples/"
    )
    broken = fault_of(SERVICE, settings, order)
    assert (broken.outcome, broken.code, broken.was_paid) == (Outcome.RETRY_SAME, "not_fetched", True)

    ask(SERVICE, settings, order)

    assert picture_services_server.standing("flux").paid == 1


def test_one_failed_fetch_is_no_failure(picture_services_server: PictureServices) -> None:
    picture_services_server.fails("flux", "unavailable_html", on="/samples/")

    ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))


def test_a_sample_that_is_gone_was_paid_for_and_is_drawn_anew(
    picture_services_server: PictureServices,
) -> None:
    settings, order = settings_for(SERVICE, picture_services_server), order_for(SERVICE)
    picture_services_server.standing("flux").kept["sample_seconds"] = -1
    gone = fault_of(SERVICE, settings, order)
    assert (gone.outcome, gone.code, gone.was_paid) == (Outcome.RETRY_SAME, "gone", True)

    picture_services_server.standing("flux").kept["sample_seconds"] = 60
    ask(SERVICE, settings, order)
    assert picture_services_server.standing("flux").paid == 2


def test_a_limit_tells_its_delay_in_the_body(picture_services_server: PictureServices) -> None:
    picture_services_server.fails("flux", "rate_limit")

    told = fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))

    assert (told.outcome, told.retry_after) == (Outcome.RETRY_AFTER, 7)


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        ("https://api.bfl.ai/v1/get_result?id=1", True),
        ("https://api.eu2.bfl.ai/v1/get_result?id=1", True),
        ("http://api.bfl.ai/v1/get_result", False),
        ("https://api.bfl.ai.evil.example/v1", False),
        ("https://evilbfl.ai/v1", False),
        ("https://api.bfl.ai@evil.example/v1", False),
        ("https://me@api.bfl.ai/v1", False),
        ("https://api.bfl.ai:8443/v1", False),
        ("https://api.bfl.ai:port/v1", False),
        ("//api.bfl.ai/v1", False),
        ("file:///etc/passwd", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_the_key_is_shown_to_their_own_hosts_alone(url: str, is_own: bool) -> None:
    assert Flux(ServiceSettings("https://api.bfl.ai", "key"))._is_own(url) is is_own


def test_an_installations_own_host_is_not_all_of_theirs() -> None:
    flux = Flux(ServiceSettings("http://127.0.0.1:8090/flux", "key"))

    assert flux._is_own("http://127.0.0.1:8090/flux/v1/get_result?id=1")
    assert not flux._is_own("http://127.0.0.1:8091/flux/v1/get_result?id=1")
    assert not flux._is_own("https://api.bfl.ai/v1/get_result?id=1")
