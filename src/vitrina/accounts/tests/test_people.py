"""Invitations, roles, removing members, what a superuser decides about a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts import two_factor
from vitrina.accounts.models import (
    AuditEntry,
    BrowserSession,
    Invitation,
    Membership,
    Seller,
    TwoFactor,
    User,
)
from vitrina.accounts.proving import PROVED_AT
from vitrina.accounts.roles import Role

pytestmark = pytest.mark.django_db
NEW = {"name": "petr", "first_name": "Пётр", "last_name": "", "new": "a-window-full-of-hats"}


def fresh(client: Client, person: User) -> Client:
    """Signed in a moment ago."""
    client.force_login(person)
    session = client.session
    session[PROVED_AT] = timezone.now().timestamp()
    session.save()
    return client


@pytest.fixture
def owner(alice: User) -> Client:
    return fresh(Client(), alice)


@pytest.fixture
def chief(db: None) -> User:
    return factories.user("chief", is_superuser=True, is_staff=True)


def invited(owner: Client, seller: Seller, role: str = "moderator") -> str:
    answer = owner.post(f"/settings/people/of/{seller.pk}/invitations", {"name": "Пётр", "role": role})
    assert answer.status_code == 200
    return urlsplit(answer.context["link"]).path


def test_an_invited_person_chooses_name_and_password_and_is_in(owner: Client, seller: Seller) -> None:
    link = invited(owner, seller)
    guest = Client()
    assert "Шляпа" in guest.get(link).content.decode()
    assert guest.post(link, NEW | {"new": "short"}).status_code == 422
    assert guest.post(link, NEW).headers["Location"] == "/"
    assert guest.get("/products/").status_code == 200
    joined = Membership.objects.get(user__username="petr")
    assert (joined.seller, joined.role) == (seller, "moderator")
    assert AuditEntry.objects.get(action="person.join").seller == seller
    assert AuditEntry.objects.get(action="person.invite").after == {"name": "Пётр", "role": "moderator"}


def test_a_link_opens_once_and_stands_nowhere_in_the_database(owner: Client, seller: Seller) -> None:
    link = invited(owner, seller)
    secret = link.split("/")[2]
    assert secret not in str(list(Invitation.objects.values()))
    assert secret not in owner.get("/settings/people/").content.decode()
    Client().post(link, NEW)
    assert Client().get(link).status_code == 410
    assert Client().post(link, NEW | {"name": "pavel"}).status_code == 410
    assert not User.objects.filter(username="pavel").exists()


def test_a_link_ends_after_72_hours_and_when_it_is_withdrawn(owner: Client, seller: Seller) -> None:
    late, withdrawn = invited(owner, seller), invited(owner, seller)
    first, second = Invitation.objects.order_by("pk")
    assert timedelta(hours=71) < first.expires_at - timezone.now() <= timedelta(hours=72)
    Invitation.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    owner.post(f"/settings/people/invitations/{second.pk}/withdrawal")
    for link in (late, withdrawn, "/invitation/none/", "/invitation/" + "x" * 3000 + "/"):
        assert Client().get(link).status_code == 410
        assert Client().post(link, NEW).status_code == 410
    assert not User.objects.filter(username="petr").exists()


def test_a_name_that_is_taken_is_refused_whatever_its_capitals(owner: Client, seller: Seller) -> None:
    link = invited(owner, seller)
    assert Client().post(link, NEW | {"name": "ALICE"}).status_code == 422
    assert Client().post(link, NEW | {"name": "a b<script>"}).status_code == 422
    assert Client().get(link).status_code == 200


def test_whoever_has_an_account_joins_with_it(owner: Client, seller: Seller, charlie: User) -> None:
    link = invited(owner, seller, "read_only")
    guest = Client()
    guest.force_login(charlie)
    guest.get(link)
    assert not Membership.objects.filter(user=charlie, seller=seller).exists()
    guest.post(link)
    assert Membership.objects.get(user=charlie, seller=seller).role == "read_only"


def test_a_member_who_opens_an_invitation_does_not_use_it_up(
    owner: Client, seller: Seller, bob: User
) -> None:
    link = invited(owner, seller, "admin")
    guest = Client()
    guest.force_login(bob)
    guest.post(link)
    assert Membership.objects.get(user=bob).role == "moderator"
    assert Client().get(link).status_code == 200


def test_an_admin_invites_only_into_their_seller_and_only_with_known_roles(
    owner: Client, seller: Seller, other_seller: Seller
) -> None:
    answer = owner.post(f"/settings/people/of/{other_seller.pk}/invitations", {"name": "x", "role": "admin"})
    assert answer.status_code == 404
    answer = owner.post(f"/settings/people/of/{seller.pk}/invitations", {"name": "x", "role": "superuser"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_inviting_asks_for_the_password_when_it_was_given_long_ago(alice: User, seller: Seller) -> None:
    stale = Client()
    stale.force_login(alice)
    answer = stale.post(f"/settings/people/of/{seller.pk}/invitations", {"name": "x", "role": "moderator"})
    assert answer.headers["Location"].startswith("/confirmation/")
    assert not Invitation.objects.exists()


def test_a_role_is_changed_and_both_ends_are_in_the_log(owner: Client, seller: Seller, bob: User) -> None:
    row = Membership.objects.get(user=bob)
    owner.post(f"/settings/people/memberships/{row.pk}/role", {"role": "catalogue_manager"})
    row.refresh_from_db()
    assert row.role == "catalogue_manager"
    entry = AuditEntry.objects.get(action="person.role")
    assert entry.before == {"person": "bob", "role": "moderator"}
    assert entry.after == {"person": "bob", "role": "catalogue_manager"}
    owner.post(f"/settings/people/memberships/{row.pk}/role", {"role": "emperor"})
    row.refresh_from_db()
    assert row.role == "catalogue_manager"


def test_the_last_administrator_stays(owner: Client, seller: Seller, alice: User, bob: User) -> None:
    row = Membership.objects.get(user=alice)
    owner.post(f"/settings/people/memberships/{row.pk}/role", {"role": "read_only"})
    owner.post(f"/settings/people/memberships/{row.pk}/removal")
    assert Membership.objects.get(user=alice).role == Role.ADMIN

    Membership.objects.filter(user=bob).update(role=Role.ADMIN)
    User.objects.filter(pk=bob.pk).update(is_active=False)  # an account that is closed manages nothing
    owner.post(f"/settings/people/memberships/{row.pk}/removal")
    assert Membership.objects.filter(user=alice).exists()

    User.objects.filter(pk=bob.pk).update(is_active=True)
    owner.post(f"/settings/people/memberships/{row.pk}/removal")
    assert not Membership.objects.filter(user=alice).exists()
    assert User.objects.filter(pk=alice.pk).exists()


def test_who_is_removed_sees_nothing_of_the_seller(owner: Client, seller: Seller, bob: User) -> None:
    guest = Client()
    guest.force_login(bob)
    product = factories.product(seller=seller)
    assert guest.get(f"/products/{product.pk}/").status_code == 200
    owner.post(f"/settings/people/memberships/{Membership.objects.get(user=bob).pk}/removal")
    assert guest.get(f"/products/{product.pk}/").status_code == 404


def test_a_superuser_gives_a_link_for_a_new_password(chief: User, bob: User) -> None:
    running = fresh(Client(), chief)
    signed_in = Client()
    signed_in.post("/login/", {"name": "bob", "password": "bob-password"})
    answer = running.post(f"/settings/people/{bob.pk}/password-link")
    link = urlsplit(answer.context["link"]).path
    guest = Client()
    assert guest.post(link, {"new": "bob"}).status_code == 422
    assert signed_in.get("/products/").status_code == 200
    assert guest.post(link, {"new": "a-window-full-of-hats"}).headers["Location"] == "/login/"
    assert signed_in.get("/products/").status_code == 302
    assert guest.post("/login/", {"name": "bob", "password": "a-window-full-of-hats"}).status_code == 302
    assert guest.get(link).status_code == 410


def test_a_superuser_closes_and_opens_an_account(chief: User, bob: User) -> None:
    running, guest = fresh(Client(), chief), Client()
    guest.post("/login/", {"name": "bob", "password": "bob-password"})
    running.post(f"/settings/people/{bob.pk}/activity")
    assert guest.get("/products/").status_code == 302
    assert not BrowserSession.objects.filter(user=bob).exists()
    assert guest.post("/login/", {"name": "bob", "password": "bob-password"}).status_code == 401
    running.post(f"/settings/people/{bob.pk}/activity", {"on": "1"})
    assert guest.post("/login/", {"name": "bob", "password": "bob-password"}).status_code == 302
    assert list(AuditEntry.objects.filter(user=chief).values_list("action", flat=True).order_by("pk")) == [
        "account.sessions_end",
        "person.switch_off",
        "person.switch_on",
    ]


def test_the_last_superuser_stays(chief: User, bob: User) -> None:
    running = fresh(Client(), chief)
    running.post(f"/settings/people/{chief.pk}/activity")
    running.post(f"/settings/people/{chief.pk}/superuser")
    chief.refresh_from_db()
    assert (chief.is_active, chief.is_superuser) == (True, True)
    running.post(f"/settings/people/{bob.pk}/superuser", {"on": "1"})
    running.post(f"/settings/people/{chief.pk}/superuser")
    chief.refresh_from_db()
    assert (chief.is_superuser, chief.is_staff) == (False, False)
    assert running.get(f"/settings/people/{bob.pk}/").status_code == 403


def test_a_superuser_resets_a_second_factor_and_it_is_in_the_log(chief: User, bob: User) -> None:
    TwoFactor.objects.create(user=bob, sealed_secret="sealed", last_step=0)
    running = fresh(Client(), chief)
    running.post(f"/settings/people/{bob.pk}/two-factor-reset")
    assert not two_factor.is_on(bob)
    assert AuditEntry.objects.get(action="account.two_factor_reset").user == chief


def test_the_pages_of_people_show_no_other_sellers(
    owner: Client, charlie: User, other_seller: Seller, bob: User
) -> None:
    words = owner.get(f"/settings/people/?seller={other_seller.pk}").content.decode()
    assert "bob" in words
    assert "charlie" not in words
    assert "Кролик" not in owner.get("/settings/sellers/").content.decode()


def test_a_superuser_makes_a_seller_and_an_admin_changes_their_own(
    chief: User, owner: Client, seller: Seller, settings: Any
) -> None:
    fields = {"name": "Новая лавка", "language": "ru", "currency": "KZT", "target": "wildberries", "plan": ""}
    running = fresh(Client(), chief)
    assert running.post("/settings/sellers/new", fields | {"currency": "???"}).status_code == 422
    assert running.post("/settings/sellers/new", fields).status_code == 302
    assert running.post("/settings/sellers/new", fields).status_code == 302
    assert list(Seller.objects.filter(name="Новая лавка").order_by("pk").values_list("slug", flat=True)) == [
        "новая-лавка",
        "новая-лавка-2",
    ]
    changed = fields | {"name": "Шляпа и перчатки", "plan": "1"}
    assert owner.post(f"/settings/sellers/{seller.pk}/", changed).status_code == 302
    seller.refresh_from_db()
    assert (seller.name, seller.currency, seller.target, seller.plan_id) == (
        "Шляпа и перчатки",
        "KZT",
        "wildberries",
        None,
    )
    entry = AuditEntry.objects.get(action="seller.change")
    assert (entry.before["name"], entry.after["name"]) == ("Шляпа", "Шляпа и перчатки")


def test_a_token_is_shown_once_and_no_scope_beyond_ones_rights_is_taken(alice: User, bob: User) -> None:
    from vitrina.accounts.models import ApiToken
    from vitrina.accounts.tokens import recognise

    client = fresh(Client(), bob)
    form = {"name": "склад", "days": "30", "scopes": ["view", "moderate"]}
    for greedy in ("manage_seller", "metrics", "everything"):
        assert client.post("/settings/tokens/", form | {"scopes": ["view", greedy]}).status_code == 422
    assert not ApiToken.objects.exists()
    secret = client.post("/settings/tokens/", form).context["issued"].secret
    token = recognise(secret)
    assert token is not None
    assert token.expires_at is not None
    assert secret not in client.get("/settings/tokens/").content.decode()
    fresh(Client(), alice).post(f"/settings/tokens/{token.pk}/revocation")
    assert recognise(secret) is not None
    client.post(f"/settings/tokens/{token.pk}/revocation")
    assert recognise(secret) is None


def test_who_loses_the_right_to_invite_keeps_no_link_that_opens(
    owner: Client, seller: Seller, alice: User, bob: User
) -> None:
    link = invited(owner, seller, "admin")
    Membership.objects.filter(user=bob).update(role=Role.ADMIN)
    other = fresh(Client(), bob)
    kept = invited(other, seller)
    other.post(f"/settings/people/memberships/{Membership.objects.get(user=alice).pk}/removal")
    assert Client().get(link).status_code == 410
    assert Client().get(kept).status_code == 200


def test_djangos_admin_asks_for_a_fresh_password_before_it_changes_anything(chief: User, bob: User) -> None:
    stale = Client()
    stale.force_login(chief)
    assert stale.get(f"/admin/accounts/user/{bob.pk}/change/").status_code == 200
    answer = stale.post(f"/admin/accounts/user/{bob.pk}/delete/", {"post": "yes"})
    assert answer.headers["Location"].startswith("/confirmation/")
    assert User.objects.filter(pk=bob.pk).exists()
