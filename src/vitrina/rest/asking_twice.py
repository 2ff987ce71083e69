"""`Idempotency-Key`: the same request again gets the first one's answer, and nothing is done twice.

The key's row is made first and by itself; the deed and the answer are one transaction. So a process killed in
between leaves a row that promises nothing, and whoever asks after `HELD` does the deed for the first time.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from vitrina.rest.models import KeyedRequest
from vitrina.rest.problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT = timedelta(hours=24)
HELD = timedelta(seconds=60)
LONGEST = 200

Deed = Callable[[], Response]


def once(request: Request, deed: Deed) -> Response:
    """Do it, or give the answer that it got before."""
    key = request.headers.get(HEADER)
    if key is None:
        return deed()
    _check(key)
    digest = _digest(request)
    row = _claim(request, key, digest)
    if row.status is not None:
        return _replayed(row)
    try:
        with transaction.atomic():
            response = deed()
            _keep(row, response)
    except BaseException:
        # Nothing was done: the key is free again. A key that someone else took over meanwhile stays theirs.
        KeyedRequest.objects.filter(pk=row.pk, fence=row.fence, status=None).delete()
        raise
    return response


def forget_old() -> int:
    """Keys after a day. A few thousand rows at once, so that nobody waits long for the database."""
    forgotten = 0
    while ids := list(
        KeyedRequest.objects.filter(created_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)[:2_000]
    ):
        KeyedRequest.objects.filter(pk__in=ids).delete()
        forgotten += len(ids)
    return forgotten


def _check(key: str) -> None:
    if not key or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        words = _("An idempotency key has 1 to %(most)s printable ASCII characters.") % {"most": LONGEST}
        raise Problem(422, "invalid", words, errors={HEADER: [words]})


def _claim(request: Request, key: str, digest: str) -> KeyedRequest:
    """The row to work under, or the answered one. Raises Problem for another body, and while the first is under way."""
    now = timezone.now()
    person: Any = request.user.pk
    while True:
        # Looked for first: reading doesn't wait for SQLite's one writer, which may be the first request itself.
        found = KeyedRequest.objects.filter(user_id=person, key=key).first()
        if found is None:
            try:
                with transaction.atomic():
                    return KeyedRequest.objects.create(
                        user_id=person,
                        key=key,
                        digest=digest,
                        fence=secrets.token_hex(16),
                        held_until=now + HELD,
                        created_at=now,
                    )
            except IntegrityError:
                continue  # somebody came between; theirs is looked at
        if found.created_at < now - KEPT:
            KeyedRequest.objects.filter(pk=found.pk, fence=found.fence).delete()
            continue
        if found.digest != digest:
            raise Problem(
                422,
                "key-reused",
                _("This key came with another request before. Nothing was done; take a new key."),
            )
        if found.status is not None:
            return found
        if found.held_until > now:
            raise Problem(
                409,
                "under-way",
                _("The first request with this key is still at work. Ask again for its answer."),
                retry_after=1,
            )
        fence = secrets.token_hex(16)
        if KeyedRequest.objects.filter(pk=found.pk, fence=found.fence, status=None).update(
            fence=fence, held_until=now + HELD
        ):
            found.fence = fence
            return found


def _keep(row: KeyedRequest, response: Response) -> None:
    kept = KeyedRequest.objects.filter(pk=row.pk, fence=row.fence, status=None).update(
        status=response.status_code,
        body=JSONRenderer().render(response.data).decode() if response.data is not None else "",
        location=response.get("Location", ""),
    )
    if not kept:
        # Held for longer than `HELD`, and taken over: the other one's answer is the answer.
        raise Problem(
            409,
            "under-way",
            _("The same request was taken over. Ask again for its answer."),
            retry_after=1,
        )


def _replayed(row: KeyedRequest) -> Response:
    response = Response(json.loads(row.body) if row.body else None, status=row.status)
    response[REPLAYED] = "true"
    if row.location:
        response["Location"] = row.location
    return response


def _digest(request: Request) -> str:
    whole = hashlib.sha256()
    whole.update(f"{request.method} {request.get_full_path()}\n".encode())
    data: Any = request.data
    if isinstance(data, QueryDict):
        for name in sorted(data):
            for value in data.getlist(name):
                whole.update(f"{name}=".encode())
                whole.update(_file(value) if isinstance(value, UploadedFile) else str(value).encode())
                whole.update(b"\n")
    else:
        whole.update(json.dumps(data, sort_keys=True).encode())
    return whole.hexdigest()


def _file(file: UploadedFile[Any]) -> bytes:
    digest = hashlib.sha256((file.name or "").encode())
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.digest()
