"""`vitrina reseal`: after it nothing stored needs the installation's older secret."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from vitrina.accounts import two_factor
from vitrina.accounts.models import Seller, TwoFactor, User
from vitrina.channels import opening
from vitrina.channels.models import Connection
from vitrina.engine.models import ProviderSetting
from vitrina.engine.overrides import keeper, opened
from vitrina.lib.resealing import places
from vitrina.lib.sealing import sealer
from vitrina.webhooks import secret
from vitrina.webhooks.models import Endpoint

ROOT = Path(__file__).parent.parent


@pytest.fixture
def stored(settings: Any, seller: Seller) -> None:
    """One of each, the webhook with the secret before, sealed under a secret that is then replaced."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the first", []
    ProviderSetting.objects.create(name="openai", sealed_key=keeper().seal("sk-1", about="openai"))
    ProviderSetting.objects.create(name="without")
    person = factories.user("olga", seller=seller)
    sealed = sealer(two_factor.SECRETS.purpose).seal("APP", about=f"user:{person.pk}")
    TwoFactor.objects.create(user=person, sealed_secret=sealed, last_step=1)
    hook = Endpoint.objects.create(seller=seller, url="https://shop.example/hook")
    Endpoint.objects.filter(pk=hook.pk).update(
        secret=secret.sealed(hook.pk, "new"), old_secret=secret.sealed(hook.pk, "old")
    )
    shop = Connection.objects.create(seller=seller, platform="wildberries")
    shop.credentials = opening.sealed(shop, {"token": "wb-1"})
    shop.save()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second", ["the first"]


@pytest.mark.django_db
def test_after_it_nothing_needs_the_older_secret(stored: None, settings: Any) -> None:
    assert "Nothing needs the older secrets" in said()
    settings.SECRET_KEY_FALLBACKS = []
    assert opened(ProviderSetting.objects.get(name="openai")) == "sk-1"
    person, hook = User.objects.get(username="olga"), Endpoint.objects.get()
    kept = TwoFactor.objects.get().sealed_secret
    assert sealer(two_factor.SECRETS.purpose).open(kept, about=f"user:{person.pk}") == "APP"
    assert [
        sealer(secret.PURPOSE).open(text, about=f"endpoint:{hook.pk}")
        for text in (hook.secret, hook.old_secret)
    ] == ["new", "old"]
    assert opening.credentials_of(Connection.objects.get()) == {"token": "wb-1"}
    assert said().count("0 sealed anew, 1 already") == len(places)


@pytest.mark.django_db
def test_what_no_known_secret_opens_is_named_and_kept(stored: None, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = []
    before = ProviderSetting.objects.get(name="openai").sealed_key
    with pytest.raises(CommandError, match="5 could not be opened"):
        said()
    assert ProviderSetting.objects.get(name="openai").sealed_key == before


def test_every_purpose_that_is_sealed_for_stands_in_the_list() -> None:
    asked = re.compile(r'(?:sealer\(|Place\(|PURPOSE = )"([a-z_]+\.[a-z_]+)"')
    sources = [path for path in (ROOT / "src/vitrina").rglob("*.py") if "tests" not in path.parts]
    purposes = {name for path in sources for name in asked.findall(path.read_text(encoding="utf-8"))}
    assert purposes == {place.purpose for place in places}
    assert len(purposes) == 4


def said() -> str:
    out = StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue()
