"""The first administrator and the steps that they are led through."""

from __future__ import annotations

import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management.base import CommandError, OutputWrapper
from django.test import Client
from tests import factories

from vitrina.accounts import first_admin, first_password
from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.config.first_run import welcome_the_first_admin

pytestmark = pytest.mark.django_db
OWN = {"new_password1": "a-window-full-of-hats", "new_password2": "a-window-full-of-hats"}
SHOP = {"name": "Лавка", "language": "ru", "currency": "RUB", "target": "ozon"}


@pytest.fixture(autouse=True)
def _own_data_dir(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.ADMIN_NAME, settings.ADMIN_PASSWORD = "admin", None


def said() -> str:
    out = io.StringIO()
    welcome_the_first_admin(OutputWrapper(out))
    return out.getvalue()


@pytest.fixture
def admin(client: Client) -> Client:
    """Came in with the one-time password and chose their own."""
    made = first_admin.create_first_admin()
    assert made is not None
    client.post("/login/", {"name": made.name, "password": made.password})
    assert client.post("/password/", OWN).headers["Location"] == "/"
    return client


def test_the_one_time_password_is_said_at_every_start_until_it_was_used(client: Client) -> None:
    first = said()
    password = first_password.kept()
    assert password
    assert password in first
    assert said() == first
    assert stat.S_IMODE(first_password.path().stat().st_mode) == 0o600
    assert b"first-sign-in.txt" in client.get("/login/").content
    assert password.encode() not in client.get("/login/").content

    client.post("/login/", {"name": "admin", "password": password})
    assert first_password.kept() == password  # signed in, and no password of their own yet
    client.post("/password/", OWN)
    assert first_password.kept() is None
    assert said() == ""
    assert b"first-sign-in.txt" not in Client().get("/login/").content


def test_a_configured_password_is_used_and_never_printed_or_kept(settings: Any, client: Client) -> None:
    settings.ADMIN_NAME, settings.ADMIN_PASSWORD = "olga", "a-window-full-of-hats"
    assert "a-window-full-of-hats" not in said()
    assert first_password.kept() is None
    client.post("/login/", {"name": "olga", "password": "a-window-full-of-hats"})
    assert client.get("/").headers["Location"] == "/welcome/"


def test_a_weak_configured_password_stops_the_start(settings: Any) -> None:
    settings.ADMIN_PASSWORD = "admin"
    with pytest.raises(CommandError, match="VITRINA_ADMIN_PASSWORD"):
        said()
    assert not User.objects.exists()


def test_the_sign_in_page_says_when_nobody_runs_the_studio(client: Client) -> None:
    assert b"createsuperuser" in client.get("/login/").content
    factories.user("chief", is_superuser=True)
    assert b"createsuperuser" not in client.get("/login/").content


def test_the_steps_lead_from_language_to_the_end_and_are_shown_once(admin: Client) -> None:
    assert admin.get("/").headers["Location"] == "/welcome/"
    assert admin.get("/welcome/").headers["Location"] == "/welcome/language/"
    assert admin.post("/welcome/language/", {"language": "en"}).headers["Location"] == "/welcome/seller/"
    assert "Your seller" in admin.get("/welcome/").client.get("/welcome/seller/").content.decode()
    assert admin.post("/welcome/seller/", SHOP | {"name": ""}).status_code == 422
    assert admin.post("/welcome/seller/", SHOP).headers["Location"] == "/welcome/models/"
    seller = Seller.objects.get()
    assert (seller.name, seller.currency, seller.target) == ("Лавка", "RUB", "ozon")
    assert AuditEntry.objects.filter(action="seller.create").count() == 1
    assert "Without a key" in admin.get("/welcome/models/").content.decode()
    assert admin.post("/welcome/models/").headers["Location"] == "/welcome/onward/"
    assert "Лавка" in admin.get("/welcome/onward/").content.decode()
    assert admin.get("/").status_code == 200
    assert User.objects.get().language == "en"


def test_it_is_taken_up_where_it_was_left(admin: Client) -> None:
    admin.post("/welcome/language/", {"language": "ru"})
    admin.post("/logout/")
    admin.post("/login/", {"name": "admin", "password": OWN["new_password1"]})
    assert admin.get("/products/").status_code == 200
    assert admin.get("/welcome/").headers["Location"] == "/welcome/seller/"


def test_it_can_be_skipped_and_read_again(admin: Client) -> None:
    assert admin.post("/welcome/skipping").headers["Location"] == "/"
    assert admin.get("/").status_code == 200
    assert admin.get("/welcome/").headers["Location"] == "/welcome/language/"
    admin.post("/welcome/language/", {"language": "ru"})
    assert admin.get("/").status_code == 200


def test_a_step_that_is_none_is_not_found_and_a_foreign_language_changes_nothing(admin: Client) -> None:
    assert admin.get("/welcome/nowhere/").status_code == 404
    assert admin.post("/welcome/language/", {"language": "tlh"}).status_code == 200
    assert User.objects.get().welcome == "language"


def test_a_key_that_is_set_is_told(admin: Client, settings: Any) -> None:
    assert "openai" not in admin.get("/welcome/models/").content.decode()
    settings.PROVIDER_KEYS = settings.PROVIDER_KEYS | {"openai": "sk-test"}
    assert "<b>openai</b>" in admin.get("/welcome/models/").content.decode()
