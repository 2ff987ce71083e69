"""API tokens: shown once, kept as a digest, ended by time, by hand and with their person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts.models import ApiToken, User
from vitrina.accounts.tokens import issue, recognise, revoke

pytestmark = pytest.mark.django_db


def test_a_token_is_recognised_and_its_secret_is_nowhere_in_the_database(alice: User) -> None:
    issued = issue(alice, "warehouse", ["view"])
    token = recognise(issued.secret)
    assert token is not None
    assert (token.user, token.scopes) == (alice, ["view"])
    row = ApiToken.objects.values().get()
    assert issued.secret.split("_", 2)[2] not in str(row)
    assert row["last_used_at"] is not None


@pytest.mark.parametrize(
    "secret", ["", "vt", "vt_", "vt__", "vt_00000000_x", "xx_00000000_x", "vt_" + "0" * 4000 + "_x"]
)
def test_what_is_no_token_is_none(secret: str, db: None) -> None:
    assert recognise(secret) is None


def test_a_wrong_secret_behind_a_right_prefix_is_none(alice: User) -> None:
    issued = issue(alice, "warehouse", ["view"])
    assert recognise(issued.secret[:-1] + ("a" if issued.secret[-1] != "a" else "b")) is None


def test_a_token_ends_by_time_by_hand_and_with_its_person(alice: User) -> None:
    late = issue(alice, "old", ["view"], expires_at=timezone.now() - timedelta(seconds=1))
    assert recognise(late.secret) is None

    issued = issue(alice, "warehouse", ["view"])
    assert revoke(issued.token, by=alice) is True
    assert revoke(issued.token, by=alice) is False
    assert recognise(issued.secret) is None

    third = issue(alice, "third", ["view"])
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert recognise(third.secret) is None


def test_unknown_scopes_are_refused_by_name(alice: User) -> None:
    with pytest.raises(ValueError, match="everything"):
        issue(alice, "greedy", ["view", "everything"])
    with pytest.raises(ValueError, match="none given"):
        issue(alice, "nothing", [])
    assert not ApiToken.objects.exists()


def test_metrics_open_to_a_superusers_token_of_that_scope_only(client: Client) -> None:
    chief = factories.user("chief", is_superuser=True)
    right, wrong = issue(chief, "scraper", ["metrics"]), issue(chief, "reader", ["view"])
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {right.secret}"})
    assert answer.status_code == 200
    assert b"vitrina_jobs_oldest_seconds" in answer.content
    assert client.get("/metrics", headers={"Authorization": f"Bearer {wrong.secret}"}).status_code == 403
    assert client.get("/metrics").status_code == 403

    User.objects.filter(pk=chief.pk).update(is_superuser=False)
    assert client.get("/metrics", headers={"Authorization": f"Bearer {right.secret}"}).status_code == 403


def test_who_may_not_read_the_metrics_makes_no_token_for_them(alice: User) -> None:
    with pytest.raises(ValueError, match="metrics"):
        issue(alice, "scraper", ["view", "metrics"])
    assert not ApiToken.objects.exists()
