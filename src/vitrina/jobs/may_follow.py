"""Whoever follows a job is asked again while the stream is open: a right that ended ends the stream."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest
from rest_framework.exceptions import APIException, NotAuthenticated

from vitrina.accounts.doors import reach
from vitrina.accounts.models import User
from vitrina.accounts.roles import Right
from vitrina.jobs.models import Job
from vitrina.rest.permission import check_person, check_scope
from vitrina.rest.recognition import token_of


def enter(job_id: int, *, authorization: str, session_key: str | None) -> User:
    """Who follows: by the token of the header, else by the session. Raises what a door would."""
    token = token_of(authorization)
    person = token.user if token else _person_of(session_key)
    check_person(person, token)
    check_scope(token, Right.VIEW)
    reach(Job.objects, person, Right.VIEW, pk=job_id)
    return person


def still(job_id: int, *, authorization: str, session_key: str | None) -> bool:
    """Two or three queries, on a connection that is closed again: it is asked in a thread of the event loop."""
    try:
        enter(job_id, authorization=authorization, session_key=session_key)
    except (APIException, PermissionDenied, Http404):
        return False
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return True


def _person_of(session_key: str | None) -> User:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User):
        raise NotAuthenticated
    return user
