"""What the OpenAPI description says of an operation: its scope, its shapes, examples and refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from vitrina.rest import security_schemes  # noqa: F401 - registers itself with the generator
from vitrina.rest.fields import Given, ProblemShown
from vitrina.rest.parsing import MULTIPART
from vitrina.rest.problems import CONTENT_TYPE

JSON = "application/json"

REFUSALS = {
    400: _("The request can't be read."),
    401: _("No token, or one that is unknown, revoked or expired."),
    403: _("The role, or the token's scope, doesn't allow it."),
    404: _("It isn't there, or belongs to another seller."),
    409: _("It doesn't fit the present state, or the same request is under way."),
    413: _("The body is too big."),
    415: _("This kind of body isn't read here."),
    422: _("Fields don't fit; «errors» names them."),
    429: _("A limit is reached; Retry-After says when it lifts."),
}


@dataclass(frozen=True)
class Example:
    """`value` of the body when `is_given`, else of the answer; `status`: of an answer with another than the usual one."""

    value: Any
    is_given: bool = False
    name: str = ""
    status: int | None = None


def described(
    *,
    summary: Any,
    words: Any,
    scope: str,
    answers: type[serializers.Serializer[Any]] | Mapping[tuple[int, str], Any] | None,
    status: int,
    query: type[serializers.Serializer[Any]] | None,
    body: type[serializers.Serializer[Any]] | None,
    is_list: bool,
    once: bool,
    upload: type[serializers.Serializer[Any]] | None,
    is_open: bool,
    examples: Sequence[Example],
    refusals: Sequence[int],
    headers: Sequence[OpenApiParameter],
) -> dict[str, Any]:
    """The arguments of drf-spectacular's `extend_schema`."""
    parameters: list[Any] = [*([query] if query else []), *headers]
    if once:
        parameters.append(
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[!-~]([ -~]*[!-~])?$"},
                OpenApiParameter.HEADER,
                description=_("The same key with the same request does it once; kept for 24 hours."),
            )
        )
    known = {400, 429, *refusals} if is_open else {400, 401, 403, 429, *refusals}
    if query or body or upload:
        known.add(422)
    if body or upload:
        known |= {413, 415}
    if once:
        known |= {409, 422}
    request = ({JSON: body} if body else {}) | ({MULTIPART: upload} if upload else {})
    return {
        "summary": summary,
        "description": words
        if is_open
        else format_lazy("{}\n\n{}", words, format_lazy(_("Scope: `{scope}`."), scope=scope)),
        "parameters": parameters,
        "request": request or None,
        "responses": _answers(answers, status, is_list) | _refusals(known),
        "examples": [_example(one, number, status, is_list) for number, one in enumerate(examples)],
    }


def _answers(answers: Any, status: int, is_list: bool) -> dict[Any, Any]:
    if answers is None:
        return {status: OpenApiResponse(description=_("Done; there is nothing to tell."))}
    if isinstance(answers, Mapping):
        return dict(answers)
    told = _("Done.")
    if not is_list:
        return {(status, JSON): OpenApiResponse(answers, description=told)}
    return {(status, JSON): OpenApiResponse(_page_of(answers), description=told)}


@cache
def _page_of(answers: type[serializers.Serializer[Any]]) -> Any:
    """One shape for all lists of the same rows."""
    return inline_serializer(
        f"{answers.__name__}Page",
        {
            "results": answers(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )


def _refusals(statuses: set[int]) -> dict[Any, Any]:
    return {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemShown, description=REFUSALS[status])
        for status in sorted(statuses)
    }


def _example(one: Example, number: int, status: int, is_list: bool) -> OpenApiExample:
    value = (
        {"results": [one.value], "next": None, "previous": None}
        if is_list and not one.is_given
        else one.value
    )
    name = one.name or ("request" if one.is_given else "answer") + (f"-{number}" if number > 1 else "")
    return OpenApiExample(
        name,
        value=value,
        request_only=one.is_given,
        response_only=not one.is_given,
        status_codes=[str(one.status or status)],
    )


class DoorSchema(AutoSchema):
    """Names, tags and security of the operations of doors."""

    def get_operation_id(self) -> str:
        name = type(self.view).__name__.removesuffix("Door")
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        return f"{self.method.lower()}_{snake}"

    def get_tags(self) -> list[str]:
        """The first word of the address after the version, and «ai» apart by its second."""
        words = [word for word in self.path.removeprefix("/api/v1/").split("/") if not word.startswith("{")]
        return [words[1] if words[0] == "ai" and len(words) > 1 else words[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        super().get_auth()  # names the schemes among the components
        found = self._operation()
        if found is None or found.is_open:
            return [{}]
        return [{"token": [found.right.value]}, {"session": []}]

    def _operation(self) -> Any:
        view: Any = self.view
        return view.operation_of(self.method)

    def get_extensions(self) -> dict[str, Any]:
        found = self._operation()
        return {} if found is None or found.is_open else {"x-scope": found.right.value}

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, Given):
            schema["additionalProperties"] = False  # a field that isn't known is refused
        return schema

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        """Every number in an address is an id of ours."""
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
            }
            for name in variables
        ]
