"""A door of the API: a class for an address, a method for each of its operations.

    class ProductDoor(Door):
        @operation(_("One product"), right=Right.VIEW, answers=ProductShown)
        def get(self, request: ApiRequest, pk: int) -> Response:
            return Response(shown(reach(Product.objects, request.user, Right.VIEW, pk=pk)))

`operation` says what the description tells and what is checked before the method runs: the scope and right, the
query and body (in `self.asked` and `self.given`), and with `once` that the same Idempotency-Key does it once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.http import Http404
from django.utils.cache import add_never_cache_headers
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from vitrina.accounts.models import ApiToken, User
from vitrina.accounts.roles import Right
from vitrina.rest import asking_twice, throttling
from vitrina.rest.describing import Example, described
from vitrina.rest.fields import LARGEST_ID, Given
from vitrina.rest.parsing import MULTIPART, check_size
from vitrina.rest.rates import Standing

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    right: Right
    is_open: bool
    takes_files: bool


class ApiRequest(Request):
    """A request that came in: somebody was recognised, by a token where `auth` is one."""

    user: User
    auth: ApiToken | None


class Door(APIView):
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    asked: dict[str, Any]  # the query, checked
    given: dict[str, Any]  # the body, checked

    def operation_of(self, method: str | None) -> Operation | None:
        found = getattr(self, (method or "").lower(), None)
        return getattr(found, "operation", None)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        try:
            self._standing = throttling.count(request)
        except throttling.RateReached as reached:
            self._standing = reached.standing
            raise
        self.check_permissions(request)
        if any(isinstance(number, int) and number > LARGEST_ID for number in kwargs.values()):
            raise Http404  # no database could even be asked for it
        check_size(request)

    def get_parsers(self) -> list[Any]:
        from rest_framework.parsers import MultiPartParser

        parsers = super().get_parsers()
        found = self.operation_of(self.request.method) if getattr(self, "request", None) else None
        return [*parsers, MultiPartParser()] if found and found.takes_files else parsers

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        standing: Standing | None = getattr(self, "_standing", None)
        if standing is not None:
            response["RateLimit-Limit"] = str(standing.limit)
            response["RateLimit-Remaining"] = str(standing.remaining)
            response["RateLimit-Reset"] = str(standing.resets_in)
        add_never_cache_headers(response)
        return response


def operation(
    summary: Any,
    *,
    right: Right = Right.VIEW,
    answers: type[Serializer[Any]] | Mapping[tuple[int, str], Any] | None = None,
    status: int = 200,
    query: type[Serializer[Any]] | None = None,
    body: type[Serializer[Any]] | None = None,
    is_list: bool = False,
    is_open: bool = False,
    once: bool = False,
    upload: type[Serializer[Any]] | None = None,
    words: Any = "",
    examples: Sequence[Example] = (),
    refusals: Sequence[int] = (),
    headers: Sequence[OpenApiParameter] = (),
) -> Callable[[Method], Method]:
    """Describe one operation and what is checked before it.

    `answers`: the serializer of the answer, or {(status, media type): schema} for what isn't JSON. `is_list`: a page
    of those by cursor. `once`: an Idempotency-Key is heeded; the method then runs in one transaction with the keeping
    of its answer. `upload`: the shape of a multipart body, besides JSON where there is `body` too; without a form nothing is
    given, and the method asks for the file once it knows whose door it is. `refusals`: statuses besides the usual ones.
    """

    def decorate(method: Method) -> Method:
        @functools.wraps(method)
        def run(view: Door, request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            if query is not None:
                view.asked = _checked(query, dict(request.query_params.items()), is_text=True)
            elif request.query_params:
                _checked(_Nothing, dict(request.query_params.items()), is_text=True)
            is_form = upload is not None and _is_form(request)
            shape = upload if is_form else body or (_Nothing if upload else None)
            if shape is not None:
                view.given = _checked(shape, _body(request), is_text=is_form)
            if not once:
                return method(view, request, *args, **kwargs)
            return asking_twice.once(request, lambda: method(view, request, *args, **kwargs))

        run.operation = Operation(right, is_open, takes_files=upload is not None)  # type: ignore[attr-defined]
        describe: Any = extend_schema(
            **described(
                summary=summary,
                words=words,
                scope=right.value,
                answers=answers,
                status=status,
                query=query,
                body=body,
                is_list=is_list,
                once=once,
                upload=upload,
                is_open=is_open,
                examples=examples,
                refusals=refusals,
                headers=headers,
            )
        )
        return cast(Method, describe(run))

    return decorate


class _Nothing(Given):
    """The query of an operation that takes none, and the JSON of one that takes a form alone."""


def _checked(shape: type[Serializer[Any]], data: Any, *, is_text: bool) -> dict[str, Any]:
    serializer = shape(data=data, context={"is_text": is_text})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _body(request: Request) -> Any:
    data: Any = request.data
    return dict(data.items()) if _is_form(request) else data


def _is_form(request: Request) -> bool:
    return (request.content_type or "").startswith(MULTIPART)
