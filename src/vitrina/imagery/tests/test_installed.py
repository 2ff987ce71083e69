"""What the settings say of the picture services is read in one place, and refused in words that name the setting."""

from __future__ import annotations

from typing import Any

import pytest

from vitrina.engine.errors import ConfigurationFault
from vitrina.imagery import installed
from vitrina.imagery.ports import Service
from vitrina.imagery.services.known import SERVICES

pytestmark = pytest.mark.django_db

BY_NAME = {service.name: service for service in SERVICES}


def test_with_nothing_set_only_the_offline_one_draws_and_the_others_say_what_they_need() -> None:
    found = installed.services()
    assert [name for name, one in found.items() if one.is_usable and not one.service.is_offline] == []
    assert any(one.is_usable and one.service.is_offline for one in found.values())
    openai = found["openai"]
    assert openai.why_not % (openai.why_not_values or {}) == "No key is set: OPENAI_API_KEY is empty."


def test_a_key_makes_a_service_usable_and_is_shown_nowhere(settings: Any) -> None:
    settings.PICTURE_KEYS = {"OPENAI_API_KEY": "sk-secret"}
    one = installed.services()["openai"]
    assert one.is_usable
    assert "sk-secret" not in repr(one)


def test_address_model_limits_and_place_are_the_installations(settings: Any) -> None:
    settings.PICTURE_KEYS = {"OPENAI_API_KEY": "sk-secret"}
    settings.PICTURE_SERVICES = {
        "openai": {
            "base_url": "http://127.0.0.1:9/v1/", "model": "gpt-image-2", "rpm": 7, "at_once": 2, "place": 99,
            "extra": {"quality": "low"},
        }
    }  # fmt: skip
    found = installed.services()
    one = found["openai"]
    assert (one.settings.base_url, one.model, one.at_once) == ("http://127.0.0.1:9/v1", "gpt-image-2", 2)
    assert one.rate is not None
    assert (one.rate.per_minute, one.rate.key.endswith(":rpm")) == (7, True)
    assert one.settings.extra == {"quality": "low"}
    assert list(found)[-1] == "openai"


@pytest.mark.parametrize(
    "given",
    [
        {"nobody": {}},
        {"openai": {"unknown": 1}},
        {"openai": 5},
        {"openai": {"rpm": 0}},
        {"openai": {"rpm": True}},
        {"openai": {"at_once": "two"}},
        {"openai": {"base_url": "ftp://x"}},
        {"openai": {"extra": [1]}},
    ],
)
def test_what_can_not_be_read_is_refused_by_name(settings: Any, given: dict[str, Any]) -> None:
    settings.PICTURE_SERVICES = given
    with pytest.raises(ConfigurationFault, match=r"nobody|openai"):
        installed.services()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_setting_that_a_service_names_is_read(service: Service, settings: Any) -> None:
    if service.key_setting:
        assert service.key_setting in settings.PICTURE_KEYS
    if service.url_setting:
        assert service.url_setting in settings.PICTURE_URLS


def test_the_first_plans_name_services_that_there_are() -> None:
    from vitrina.accounts.planning import FIRST_PLANS

    for limits in FIRST_PLANS.values():
        assert set(limits["pictures"].get("services", [])) <= BY_NAME.keys()
