"""A person's open sessions: which browser, from where, seen when; and ending them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from vitrina.accounts import audit
from vitrina.accounts.addresses import address_of
from vitrina.accounts.device_names import device_name
from vitrina.accounts.models import BrowserSession, User

SEEN_AT = "seen_at"
SEEN_EVERY = timedelta(minutes=5)  # «last seen» is good to that; a write per request is not worth it


def note_if_due(request: HttpRequest, person: User) -> None:
    """Write down that this session is in use. No query at all where that was done lately."""
    seen = request.session.get(SEEN_AT)
    if not seen or timezone.now().timestamp() - seen > SEEN_EVERY.total_seconds():
        note(request, person)


def note(request: HttpRequest, person: User) -> None:
    now = timezone.now()
    request.session[SEEN_AT] = now.timestamp()
    if not request.session.session_key:
        request.session.save()
    BrowserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": person,
            "device": device_name(request.headers.get("User-Agent", "")),
            "address": address_of(request),
            "seen_at": now,
        },
    )
    BrowserSession.objects.filter(user=person, seen_at__lt=_oldest()).delete()


def open_of(person: User) -> QuerySet[BrowserSession]:
    return BrowserSession.objects.filter(user=person, seen_at__gte=_oldest()).order_by("-seen_at", "-pk")


def moved(before: str | None, after: str | None) -> None:
    """The session got a new key: it is the same browser still."""
    BrowserSession.objects.filter(session_key=before).update(session_key=after)


def end(session: BrowserSession, *, by: Any) -> None:
    _end([session])
    audit.record("account.session_end", session.user, by=by, before={"device": session.device})


def end_all(person: User, *, by: Any, but: str | None = None) -> int:
    """End all sessions of a person, `but` the one of this key; how many there were."""
    found = list(open_of(person).exclude(session_key=but or ""))
    _end(found)
    if found:
        audit.record("account.sessions_end", person, by=by, before={"sessions": len(found)})
    return len(found)


def forget(session_key: str | None) -> None:
    """The person signed out."""
    BrowserSession.objects.filter(session_key=session_key or "").delete()


def clear_expired() -> None:
    """Rows of sessions that nobody can use any more. By an index, at every sign-in."""
    _store().clear_expired()


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


def _end(found: list[BrowserSession]) -> None:
    store = _store()
    with transaction.atomic():
        for session in found:
            store(session_key=session.session_key).delete()
        BrowserSession.objects.filter(pk__in=[session.pk for session in found]).delete()


def _oldest() -> Any:
    return timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
