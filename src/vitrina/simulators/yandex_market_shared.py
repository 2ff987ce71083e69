"""What the doors of a simulated Yandex Market share: its envelope, a refusal in its words, where a page begins and ends."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from vitrina.simulators.marketplace import State


class Wrong(Exception):
    """An answer that isn't good, on its way out."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.answer = refusal(status, code, message, headers)


def paged(
    request: web.Request,
    state: State,
    rows: Sequence[Any],
    most: int,
    usual: int,
    *,
    newest_first: bool = False,
) -> tuple[list[Any], dict[str, str]]:
    """A page and its `paging`. A token names the row that the next page begins with: what comes or goes meanwhile
    shifts nothing. Rows are talks, lines, or pairs of a talk and a reply."""
    limit = request.query.get("limit", str(usual))
    if not limit.isdigit() or not 1 <= int(limit) <= most:
        raise bad(f"'limit' must be between 1 and {most}")
    size = min(int(limit), state.settings.page or most)
    ordered = sorted(rows, key=_place, reverse=newest_first)
    places = [_place(row) for row in ordered]
    token = request.query.get("pageToken", "")
    first = 0
    if token:
        wanted = _opened(token)
        reached = [place <= wanted if newest_first else place >= wanted for place in places]
        first = reached.index(True) if True in reached else len(ordered)
    begins = first
    if request["fault"] == "loop" and ordered:
        return ordered[first : first + size], {"nextPageToken": token or _token(places[0])}
    if request["fault"] == "again" and first:
        begins = max(0, first - size)
        size = first - begins  # and the page that was due comes next
    elif request["fault"] == "shift":
        begins = max(0, first - 1)
    ends = begins + size
    return ordered[begins:ends], {"nextPageToken": _token(places[ends])} if ends < len(ordered) else {}


def _place(row: Any) -> tuple[datetime, int]:
    made = row[1] if isinstance(row, tuple) else row
    return made.at, int(made.id)


def _token(place: tuple[datetime, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps([place[0].isoformat(), place[1]]).encode()).decode()


def _opened(token: str) -> tuple[datetime, int]:
    try:
        at, number = json.loads(base64.urlsafe_b64decode(token))
        return datetime.fromisoformat(at), int(number)
    except (ValueError, TypeError) as error:
        raise bad("'pageToken' is invalid") from error


def ok(result: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"status": "OK"} if result is None else {"status": "OK", "result": result})


def refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> web.Response:
    errors = [{"code": code, "message": message}]
    return web.json_response({"status": "ERROR", "errors": errors}, status=status, headers=headers)


def bad(message: str) -> Wrong:
    return Wrong(400, "BAD_REQUEST", message)
