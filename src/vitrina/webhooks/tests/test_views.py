"""The pages of webhooks: what a person may say, and what is shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.webhooks import endpoints, health
from vitrina.webhooks.address import trouble_with
from vitrina.webhooks.fault_words import _SENTENCES, fault_of
from vitrina.webhooks.kinds import KINDS
from vitrina.webhooks.models import Delivery, Endpoint, Try
from vitrina.webhooks.tests.receiver import Receiver, Reply

pytestmark = pytest.mark.django_db

NEW = "/settings/webhooks/new"
URL = "https://shop.example/hooks"


@pytest.fixture
def desk(alice: User, client: Client) -> Client:
    factories.sign_in(client, alice)
    return client


def make(desk: Client, seller: Seller, **more: Any) -> Any:
    given = {"seller": seller.pk, "url": URL, "kinds": ["run.finished", "job.failed"], "name": "Склад"} | more
    return desk.post(NEW, given)


def test_the_secret_is_shown_once_and_never_again(desk: Client, seller: Seller) -> None:
    answer = make(desk, seller)
    endpoint = Endpoint.objects.get()
    assert answer.headers["Location"] == f"/settings/webhooks/{endpoint.pk}/"
    page = desk.get(answer.headers["Location"])
    secret = page.context["secret"]
    assert secret.startswith("whsec_")
    assert secret in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert "whsec_" not in desk.get(answer.headers["Location"]).content.decode()
    assert "whsec_" not in desk.get("/settings/webhooks/").content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_new_secret_is_another_and_the_page_says_how_long_the_old_one_signs(
    desk: Client, seller: Seller
) -> None:
    first = desk.get(make(desk, seller).headers["Location"]).context["secret"]
    endpoint = Endpoint.objects.get()
    page = desk.get(desk.post(f"/settings/webhooks/{endpoint.pk}/secret").headers["Location"])
    assert page.context["secret"].startswith("whsec_")
    assert page.context["secret"] != first
    assert page.context["old_signs"]


@pytest.mark.parametrize(
    "url",
    [
        "", "shop.example", "ftp://shop.example/", "javascript:alert(1)", "http://", "https://user:word@shop.example/",
        "http://127.0.0.1/", "http://localhost:22/", "http://10.1.2.3/x", "http://[::1]/", "http://2130706433/",
        "https://shop.example:25/", "https://shop example/", "https://shop.example\\@127.0.0.1/", "http://%31/",
        "https://shop.example/" + "x" * 2000, "https://169.254.169.254/latest", "http://[", "https://shop.example:99999/",
    ],
)  # fmt: skip
def test_an_address_to_which_nothing_may_be_sent_is_refused_in_words(
    url: str, desk: Client, seller: Seller
) -> None:
    answer = make(desk, seller, url=url)
    assert answer.status_code == 422
    assert answer.context["form"].errors["url"]
    assert not Endpoint.objects.exists()
    if url:
        with translation.override("ru"):
            words = trouble_with(url)
        assert words
        assert not words.isascii()


@pytest.mark.parametrize(
    "url", [URL, "http://shop.example:8080/a?b=c", "https://магазин.рф/хуки", "http://8.8.8.8/"]
)
def test_an_honest_address_is_taken(url: str, desk: Client, seller: Seller) -> None:
    assert make(desk, seller, url=url).status_code == 302


def test_an_internal_address_is_taken_where_the_operator_allows_it(
    desk: Client, seller: Seller, settings: Any
) -> None:
    settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS = ["10.1.0.0/16"], [9000]
    assert make(desk, seller, url="http://10.1.2.3:9000/").status_code == 302
    assert make(desk, seller, url="http://10.2.2.3:9000/").status_code == 422


def test_no_event_and_a_strange_event_are_refused(desk: Client, seller: Seller) -> None:
    assert make(desk, seller, kinds=[]).status_code == 422
    assert make(desk, seller, kinds=["everything"]).status_code == 422
    assert not Endpoint.objects.exists()


def test_a_foreign_seller_can_not_be_chosen(desk: Client, other_seller: Seller, seller: Seller) -> None:
    assert make(desk, other_seller).status_code == 422
    assert not Endpoint.objects.exists()


def test_there_is_a_limit_and_it_is_named(
    desk: Client, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "MOST_PER_SELLER", 2)
    assert make(desk, seller).status_code == make(desk, seller).status_code == 302
    answer = make(desk, seller)
    assert answer.status_code == 422
    assert "2" in answer.context["form"].non_field_errors()[0]
    Endpoint.objects.update(removed_at=timezone.now())
    assert make(desk, seller).status_code == 302


def test_a_change_is_in_the_audit_log_with_before_and_after(desk: Client, seller: Seller) -> None:
    make(desk, seller)
    endpoint = Endpoint.objects.get()
    desk.post(f"/settings/webhooks/{endpoint.pk}/change", {"url": URL + "/2", "kinds": ["job.failed"]})
    entry = AuditEntry.objects.get(action="webhook.change")
    assert entry.before == {"name": "Склад", "url": URL, "kinds": ["run.finished", "job.failed"]}
    assert entry.after == {"name": "", "url": URL + "/2", "kinds": ["job.failed"]}


def test_an_old_address_that_would_be_refused_today_does_not_stop_a_change_of_its_events(
    desk: Client, seller: Seller
) -> None:
    make(desk, seller)
    Endpoint.objects.update(url="http://10.1.2.3/")
    pk = Endpoint.objects.get().pk
    answer = desk.post(
        f"/settings/webhooks/{pk}/change", {"url": "http://10.1.2.3/", "kinds": ["job.failed"]}
    )
    assert answer.status_code == 302


def test_switching_twice_is_switching_once(desk: Client, seller: Seller) -> None:
    make(desk, seller)
    pk = Endpoint.objects.get().pk
    for _ in range(2):
        desk.post(f"/settings/webhooks/{pk}/switching", {"on": "0"})
    assert not Endpoint.objects.get().is_on
    assert desk.post(f"/settings/webhooks/{pk}/test", follow=True).status_code == 200
    assert not Delivery.objects.exists()
    for _ in range(2):
        desk.post(f"/settings/webhooks/{pk}/switching", {"on": "1"})
    assert Endpoint.objects.get().is_on
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["webhook.create", "webhook.switch_off", "webhook.switch_on"]


def test_a_removed_endpoint_is_gone_with_its_log(desk: Client, seller: Seller) -> None:
    make(desk, seller)
    pk = Endpoint.objects.get().pk
    desk.post(f"/settings/webhooks/{pk}/test")
    delivery = Delivery.objects.get()
    desk.post(f"/settings/webhooks/{pk}/removal")
    assert desk.get(f"/settings/webhooks/{pk}/").status_code == 404
    assert desk.get(f"/settings/webhooks/deliveries/{delivery.pk}/").status_code == 404
    assert desk.post(f"/settings/webhooks/deliveries/{delivery.pk}/redelivery").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_test_event_is_followed_to_its_end_and_its_body_and_answer_are_shown_as_text(
    desk: Client, seller: Seller, receiver: Receiver, work: Any, settings: Any
) -> None:
    settings.WEBHOOK_WAITS_SECONDS = (3600.0,)
    hostile = b"<script>window.pwned=1</script>\x00\xff"
    receiver.script = lambda said, time: Reply(500, body=hostile)
    make(desk, seller, url=receiver.url)
    page = desk.post(f"/settings/webhooks/{Endpoint.objects.get().pk}/test", follow=True)
    assert 'hx-trigger="every 1s"' in page.content.decode()
    work()
    page = desk.get(page.request["PATH_INFO"])
    words = page.content.decode()
    assert 'hx-trigger="every 1s"' not in words  # the next try is an hour away
    assert "&lt;script&gt;window.pwned=1" in words
    assert "<script>window.pwned" not in words
    assert Delivery.objects.get().event.uid in words
    # «Try now» doesn't wait for the hour.
    receiver.script = lambda said, time: Reply()
    desk.post(f"{page.request['PATH_INFO']}redelivery")
    work()
    assert Delivery.objects.get().state == "delivered"


def test_the_log_is_filtered_and_paged_by_key(desk: Client, seller: Seller) -> None:
    make(desk, seller)
    endpoint = Endpoint.objects.get()
    for _ in range(60):
        desk.post(f"/settings/webhooks/{endpoint.pk}/test")
    Delivery.objects.filter(pk__in=list(Delivery.objects.values_list("pk", flat=True)[:7])).update(
        state="given_up"
    )
    address = f"/settings/webhooks/{endpoint.pk}/"
    first = desk.get(address).context["slice"]
    assert len(first.rows) == 50
    assert len(desk.get(f"{address}?before={first.older}").context["slice"].rows) == 10
    assert len(desk.get(f"{address}?state=given_up").context["slice"].rows) == 7
    assert len(desk.get(f"{address}?kind=run.finished").context["slice"].rows) == 0
    for junk in ("?state=ё", "?kind=%00", "?before=x", "?after=-1", "?state=given_up&kind=" + "x" * 5000):
        assert desk.get(address + junk).status_code == 200
    part = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section id="webhook-log"')


def test_every_fault_of_the_fetcher_has_its_russian_words() -> None:
    """The sentences stand in `lib/fetch.py` and `lib/guard.py`; each of those that a try can meet is known here."""
    shop = "shop.example"
    told = [
        f"«{shop}» did not answer fully within 10 seconds.",
        f"«{shop}» refused the connection.",
        f"The connection to «{shop}» failed or broke off.",
        f"The name «{shop}» cannot be found.",
        f"The name «{shop}» was not resolved in time.",
        f"The certificate of «{shop}» cannot be trusted: self-signed certificate.",
        f"No secure connection to «{shop}» could be made.",
        f"«{shop}» stands for a private or reserved address; it is not fetched.",
        f"«{shop}» answered with something that is not HTTP, or broke off.",
        "The secret of this endpoint can't be opened, nothing was sent; give it a new one. It is damaged.",
    ]
    now = timezone.now()
    with translation.override("ru"):
        for sentence in told:
            words = fault_of(Try(at=now, ended_at=now + timedelta(seconds=1), error=sentence))
            assert any("а" <= letter <= "я" for letter in words), sentence
        for status in (200, 204):
            assert fault_of(Try(at=now, ended_at=now, status=status)) == ""
        assert "410" in fault_of(Try(at=now, ended_at=now, status=410))
    assert len(_SENTENCES) == len(told) - 1


def test_a_person_of_another_seller_sees_none(desk: Client, seller: Seller, charlie: User) -> None:
    make(desk, seller)
    stranger = Client()
    stranger.force_login(charlie)
    assert URL not in stranger.get("/settings/webhooks/").content.decode()


def test_every_kind_has_its_words() -> None:
    for kind in KINDS.values():
        with translation.override("ru"):
            assert not str(kind.name).isascii()
            assert not str(kind.words).isascii()


def test_where_the_news_go_and_their_secret_need_a_fresh_password(
    desk: Client, seller: Seller, alice: User
) -> None:
    make(desk, seller)
    pk = Endpoint.objects.get().pk
    before = list(Endpoint.objects.values())
    left_open = Client()
    left_open.force_login(alice)
    for path in (NEW, f"/settings/webhooks/{pk}/change"):
        assert "next=" in left_open.get(path).headers["Location"]
    for path, given in (
        (NEW, {"seller": seller.pk, "url": URL, "kinds": ["job.failed"]}),
        (f"/settings/webhooks/{pk}/change", {"url": URL + "/mine", "kinds": ["job.failed"]}),
        (f"/settings/webhooks/{pk}/secret", {}),
        (f"/settings/webhooks/{pk}/removal", {}),
    ):
        assert left_open.post(path, given).status_code == 302
    assert list(Endpoint.objects.values()) == before


def test_the_list_says_how_much_is_on_its_way_up_to_a_thousand(
    desk: Client, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_COUNTED", 3)
    make(desk, seller)
    pk = Endpoint.objects.get().pk

    def shown() -> str:
        [row] = desk.get("/settings/webhooks/").context["rows"]
        return str(row["waiting"])

    assert shown() == ""
    for expected in ("1", "2", "3", "3+", "3+"):
        desk.post(f"/settings/webhooks/{pk}/test")
        assert shown() == expected
    Delivery.objects.update(state="delivered")
    assert shown() == ""
