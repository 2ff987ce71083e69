"""The pages of a refusal: they say what was kept, and lead on."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from vitrina.accounts.models import User
from vitrina.console import failures

pytestmark = pytest.mark.django_db
HERE = "http://testserver"


def links(page: bytes) -> list[str]:
    """Where the refusal itself leads, not the frame around it."""
    (says,) = re.findall(r'<section class="panel">.*?</section>', page.decode(), re.S)
    return re.findall(r'href="([^"#]+)"', says)


def test_whoever_is_signed_in_stays_in_the_console(bob: User, client: Client) -> None:
    assert b'class="nav"' not in client.get("/nowhere/").content
    client.force_login(bob)
    answer = client.get("/nowhere/", headers={"referer": f"{HERE}/products/?q=a&b=1"})
    assert answer.status_code == 404
    assert b'class="nav"' in answer.content
    assert links(answer.content) == [f"{HERE}/products/?q=a&amp;b=1", "/"]


def test_a_refused_right_says_who_is_signed_in(bob: User, client: Client) -> None:
    client.force_login(bob)
    answer = client.get("/settings/audit/")
    assert answer.status_code == 403
    assert "Вы вошли как bob." in answer.content.decode()


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/", "javascript:alert(1)", f"{HERE}/nowhere/", "//"]
)
def test_only_another_page_of_the_studio_is_a_page_before(referer: str, client: Client) -> None:
    assert links(client.get("/nowhere/", headers={"referer": referer}).content) == ["/"]


def test_a_form_that_was_not_taken_leads_back_to_its_page(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = client.post("/moderation/next", headers={"referer": f"{HERE}/moderation/?sure=low"})
    assert answer.status_code == 403
    assert links(answer.content) == [f"{HERE}/moderation/?sure=low", "/"]
    # A change of language comes back to a page, not to the address that only takes forms.
    assert set(re.findall(r'name="next" value="([^"]*)"', answer.content.decode())) == {
        f"{HERE}/moderation/?sure=low"
    }


def test_a_broken_page_can_be_tried_again_and_asks_the_database_nothing(
    rf: RequestFactory, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = failures.broken(rf.get("/runs/?page=2"))
        sent = failures.broken(rf.post("/moderation/next", headers={"referer": f"{HERE}/moderation/"}))
    assert links(answer.content) == ["/runs/?page=2", "/"]
    assert links(sent.content) == [f"{HERE}/moderation/", "/"]
    assert "не сохранено" in sent.content.decode()
    assert "не сохранено" not in answer.content.decode()
