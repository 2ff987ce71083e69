"""The picture services of this installation: each record with its key, address, model and limits. The one place that reads
the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from vitrina.engine.errors import ConfigurationFault
from vitrina.imagery import service_order
from vitrina.imagery.ports import Abilities, Drawing, Service, ServiceSettings
from vitrina.imagery.services.known import SERVICES
from vitrina.lib.rates import Rate
from vitrina.lib.sentences import gettext_noop

SETTING = "VITRINA_PICTURE_SERVICES"
KNOWN = {"base_url", "model", "rpm", "at_once", "place", "is_on", "extra"}

NOTHING_SPEAKS = gettext_noop("Nothing speaks to it yet.")
SWITCHED_OFF = gettext_noop("It is switched off.")
NO_KEY = gettext_noop("No key is set: %(setting)s is empty.")
NO_ADDRESS = gettext_noop("No address is set: %(setting)s is empty.")


@dataclass(frozen=True)
class Installed:
    """A service as it is reached from here. `why_not`: why it can't be asked, a sentence with its values; empty where it can.

    `place`: in the order in which services are asked. `is_off`: an operator switched it off. `rate`: its key ends with «:rpm».
    """

    service: Service
    settings: ServiceSettings
    model: str
    place: int
    rate: Rate | None
    at_once: int | None
    why_not: str = ""
    why_not_values: Mapping[str, str] | None = None
    is_off: bool = False

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def is_usable(self) -> bool:
        return not self.why_not

    @property
    def abilities(self) -> Abilities:
        return self.service.abilities(self.model)

    def drawing(self) -> Drawing:
        """What asks it. Only for a usable one."""
        assert self.service.make is not None
        return self.service.make(self.settings)


def services() -> dict[str, Installed]:
    """All that are known, by name, in the order of the installation. Raises ConfigurationFault, which names the setting."""
    given: Mapping[str, Any] = settings.PICTURE_SERVICES
    names = {service.name for service in SERVICES}
    if unknown := sorted(set(given) - names):
        raise ConfigurationFault(
            f"{SETTING}: there is no picture service «{unknown[0]}». Known are {', '.join(sorted(names))}."
        )
    found = [
        _installed(service, number, given.get(service.name, {})) for number, service in enumerate(SERVICES)
    ]
    return {one.name: one for one in _as_operators_say(found)}


def _as_operators_say(found: Sequence[Installed]) -> list[Installed]:
    """In their order, with those off that they switched off."""
    ranks = {name: number - len(found) for number, name in enumerate(service_order.order())}
    off = service_order.switched_off()
    ordered = sorted(found, key=lambda one: ranks.get(one.name, one.place))
    return [
        replace(
            one,
            place=number,
            is_off=one.name in off,
            why_not=SWITCHED_OFF if one.is_usable and one.name in off else one.why_not,
        )
        for number, one in enumerate(ordered)
    ]


def drawn_by() -> list[tuple[str, str]]:
    """(name, title) of every service that something speaks to, whether it is set up or not; without the offline one."""
    return [(one.name, one.title) for one in SERVICES if one.make is not None and not one.is_offline]


def _installed(service: Service, number: int, given: Any) -> Installed:
    if not isinstance(given, Mapping) or not set(given) <= KNOWN:
        raise ConfigurationFault(
            f"{SETTING}: «{service.name}» may have {', '.join(sorted(KNOWN))} and nothing else."
        )
    base_url = str(
        given.get("base_url") or settings.PICTURE_URLS.get(service.url_setting) or service.base_url
    )
    if base_url and not base_url.startswith(("http://", "https://")):
        raise ConfigurationFault(f"The address of «{service.name}», {base_url!r}, is not an http(s) address.")
    key = settings.PICTURE_KEYS.get(service.key_setting) or ""
    model = str(given.get("model") or (service.models[0] if service.models else ""))
    extra = given.get("extra") or {}
    if not isinstance(extra, Mapping):
        raise ConfigurationFault(f"{SETTING}: `extra` of «{service.name}» must be an object of words.")
    rpm = _whole(service, given, "rpm", service.rate.per_minute if service.rate else None)
    why_not, values = _why_not(service, given, key, base_url)
    return Installed(
        service=service,
        settings=ServiceSettings(
            base_url.rstrip("/"), key, model, {str(name): str(value) for name, value in extra.items()}
        ),
        model=model,
        place=_whole(service, given, "place", number) or 0,
        rate=None if rpm is None else Rate(f"image {service.name}:rpm", rpm),
        at_once=_whole(service, given, "at_once", service.at_once),
        why_not=why_not,
        why_not_values=values,
    )


def _why_not(
    service: Service, given: Mapping[str, Any], key: str, base_url: str
) -> tuple[str, dict[str, str]]:
    if service.make is None:
        return service.why_not or NOTHING_SPEAKS, {}
    if given.get("is_on", not service.is_on_request) is not True:
        return SWITCHED_OFF, {}
    if service.key_setting and not key:
        return NO_KEY, {"setting": service.key_setting}
    if not base_url and not service.is_offline:
        return NO_ADDRESS, {"setting": service.url_setting}
    return "", {}


def _whole(service: Service, given: Mapping[str, Any], name: str, default: int | None) -> int | None:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < (0 if name == "place" else 1):
        raise ConfigurationFault(f"{SETTING}: `{name}` of «{service.name}» must be a whole number.")
    return value
