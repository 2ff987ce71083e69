"""What a person does with an endpoint: make, change, switch on and off, change its secret, test, remove."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.jobs import clock
from vitrina.webhooks import address, secret, wanting
from vitrina.webhooks.announce import LINES, put_on_its_way, wake
from vitrina.webhooks.kinds import KINDS, TEST
from vitrina.webhooks.models import Delivery, Endpoint, Off

MOST_PER_SELLER = 20


class EndpointRefused(Exception):
    """It can't be so; the sentence says why. Nothing was changed. `field`: what was said wrongly; empty: nothing was."""

    permanent = True

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def create(
    seller: Seller, *, url: str, kinds: Iterable[str], name: str = "", by: User | None
) -> tuple[Endpoint, str]:
    """The endpoint, and its secret in the clear: the only time that it is seen. Raises EndpointRefused."""
    kinds = checked_kinds(kinds)
    check_address(url)
    made = secret.new()
    with transaction.atomic():
        # The seller's row is the lock: two windows don't pass the limit together.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        value = Endpoint.objects.filter(seller=seller, removed_at=None).count()
        if value >= MOST_PER_SELLER:
            raise EndpointRefused(
                _("The seller has %(value)d endpoints, the limit is %(limit)d. Remove one first.")
                % {"value": value, "limit": MOST_PER_SELLER}
            )
        endpoint = Endpoint.objects.create(seller=seller, name=name, url=url, kinds=kinds, created_by=by)
        endpoint.secret = secret.sealed(endpoint.pk, made)
        endpoint.save(update_fields=["secret"])
        audit.record("webhook.create", endpoint, by=by, after=_told(endpoint))
        _forget()
    return endpoint, made


def change(endpoint: Endpoint, *, url: str, kinds: Iterable[str], name: str, by: User | None) -> None:
    """What waits for it goes to the new address. Raises EndpointRefused."""
    kinds = checked_kinds(kinds)
    if url != endpoint.url:
        check_address(url)
    before = _told(endpoint)
    with transaction.atomic():
        endpoint.url, endpoint.kinds, endpoint.name = url, kinds, name
        endpoint.save(update_fields=["url", "kinds", "name"])
        if _told(endpoint) != before:
            audit.record("webhook.change", endpoint, by=by, before=before, after=_told(endpoint))
        _forget()


def switch_off(endpoint: Endpoint, *, because: Off, now: datetime, by: User | None = None) -> bool:
    """Nothing more is sent; what is on its way waits. False: it was off already."""
    with transaction.atomic():
        off = Endpoint.objects.on().filter(pk=endpoint.pk).update(off_at=now, off_because=because)
        if off:
            audit.record(
                "webhook.switch_off", endpoint, by=by, before={"on": True}, after={"because": because.value}
            )
        _forget()
    return bool(off)


def switch_on(endpoint: Endpoint, *, by: User | None) -> None:
    """What waited goes out now, its tries begun anew."""
    with transaction.atomic():
        on = Endpoint.objects.filter(pk=endpoint.pk, removed_at=None, off_at__isnull=False).update(
            off_at=None, off_because="", failing_since=None
        )
        if on:
            now = clock.read()
            Delivery.objects.pending().filter(endpoint=endpoint).update(next_try_at=now, failures=0)
            audit.record("webhook.switch_on", endpoint, by=by, after={"on": True})
            for line in range(LINES):
                wake(endpoint.pk, line)
        _forget()


def change_secret(endpoint: Endpoint, *, by: User | None) -> str:
    """The new secret in the clear, once. The one before signs beside it for a day, so that nothing is refused
    while the receiver is told."""
    made = secret.new()
    with transaction.atomic():
        Endpoint.objects.filter(pk=endpoint.pk).update(
            old_secret=F("secret"),
            old_secret_until=clock.read() + secret.OLD_SIGNS_FOR,
            secret=secret.sealed(endpoint.pk, made),
        )
        audit.record("webhook.change_secret", endpoint, by=by)
    return made


def remove(endpoint: Endpoint, *, by: User | None) -> None:
    """It is gone from the pages and told nothing more; its log is cleared with the old events."""
    with transaction.atomic():
        removed = Endpoint.objects.filter(pk=endpoint.pk, removed_at=None).update(removed_at=clock.read())
        if removed:
            audit.record("webhook.remove", endpoint, by=by, before=_told(endpoint))
        _forget()


def send_test(endpoint: Endpoint, *, by: User | None) -> Delivery:
    """A test event to this endpoint alone, whatever kinds it wants. Raises EndpointRefused while it is off."""
    if not endpoint.is_on:
        raise EndpointRefused(_("The endpoint is switched off. Switch it on, then send the test."))
    words = {"message": "A test event from Vitrina.", "asked_by": by.get_username() if by else ""}
    with transaction.atomic():
        [sent] = put_on_its_way(
            endpoint.seller_id, TEST, f"endpoint:{endpoint.pk}", words, endpoint_ids=[endpoint.pk]
        )
        audit.record("webhook.test", endpoint, by=by)
        return Delivery.objects.select_related("event").get(pk=sent)


def checked_kinds(kinds: Iterable[str]) -> list[str]:
    """In the order of the registry. Raises EndpointRefused for one that nobody announces, and for none."""
    wanted = set(kinds)
    strange = sorted(wanted - KINDS.keys())
    if strange:
        raise EndpointRefused(
            _("There is no event «%(kind)s». There are: %(kinds)s.")
            % {"kind": strange[0][:60], "kinds": ", ".join(KINDS)},
            field="kinds",
        )
    if not wanted:
        raise EndpointRefused(_("Choose at least one event."), field="kinds")
    return [kind for kind in KINDS if kind in wanted]


def check_address(url: str) -> None:
    trouble = address.trouble_with(url)
    if trouble:
        raise EndpointRefused(trouble, field="url")


def _told(endpoint: Endpoint) -> dict[str, Any]:
    return {"name": endpoint.name, "url": endpoint.url, "kinds": endpoint.kinds}


def _forget() -> None:
    """At once for the rest of this transaction, and again when others can see it."""
    wanting.forget()
    transaction.on_commit(wanting.forget)
