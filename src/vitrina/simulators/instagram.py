"""A simulated Instagram: the media of one business account, as its Graph API lists them, newest first.

`python -m vitrina.simulators.instagram [--port N]`. Its traps are kept: an address of a picture is signed and another one
with every answer; within an album pictures have no words of their own; a bad token is a 400. Beside the API's own
paths, for tests and the demo:

    POST /_posts  [{"id": "17", "caption": "…", …}]   fields of Post; added, or changed where the id is known
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from vitrina.simulators import marketplace
from vitrina.simulators.marketplace import STATE, Settings, State

USER = "17841400000000001"
PAGE, MOST = 25, 100
FIELDS = ("id", "caption", "media_type", "media_url", "permalink", "timestamp", "thumbnail_url", "children")


@dataclass
class Post:
    """`kind`: IMAGE, VIDEO or CAROUSEL_ALBUM; `parts`: of an album, the kind of each."""

    id: str
    caption: str = ""
    at: datetime = datetime(2026, 4, 1, tzinfo=UTC)
    kind: str = "IMAGE"
    parts: tuple[str, ...] = ()
    has_url: bool = True


@dataclass
class Feed:
    """`refuses`: the error that every request ends in: {"code": 190, "message": "…", "status": 400}."""

    posts: dict[str, Post] = field(default_factory=dict)
    username: str = "mayak.shop"
    refuses: dict[str, Any] = field(default_factory=dict)
    signatures: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    shown: Any = None  # the last page, for the fault "again"

    def add(self, *posts: Post) -> None:
        for post in posts:
            self.posts[post.id] = post


FEED: web.AppKey[Feed] = web.AppKey("instagram", Feed)


def application(settings: Settings | None = None) -> web.Application:
    app = marketplace.application(
        "instagram", throttled=_throttled, unauthorized=_unauthorized, settings=settings
    )
    app[FEED] = Feed()
    app.router.add_get(r"/{version:v\d+\.\d+}/{user:\d+}", _door(_account))
    app.router.add_get(r"/{version:v\d+\.\d+}/{user:\d+}/media", _door(_media))
    app.router.add_post("/_posts", _put)
    return app


Handler = Callable[[State, web.Request], web.Response]


def _door(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        state, feed = request.app[STATE], request.app[FEED]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token != state.settings.key:
            return _unauthorized(state, request)
        if feed.refuses:
            return failed(**feed.refuses)
        if request.match_info["user"] != USER:
            return failed(100, "Unsupported get request. Object does not exist", subcode=33)
        return handler(state, request)

    return answer


def _account(state: State, request: web.Request) -> web.Response:
    return web.json_response({"id": USER, "username": request.app[FEED].username})


def _media(state: State, request: web.Request) -> web.Response:
    feed = request.app[FEED]
    asked = request.query.get("fields", "id").split(",")
    wanted = {name.split("{")[0] for name in asked}
    rows = sorted(feed.posts.values(), key=lambda post: (post.at, post.id), reverse=True)
    size = min(int(request.query.get("limit", PAGE)), MOST, state.settings.page or MOST)
    ids, after = [_pointer(post) for post in rows], request.query.get("after", "")
    start = ids.index(after) + 1 if after in ids else 0
    if request["fault"] == "shift":
        start = max(0, start - 1)
    page = rows[start : start + size]
    said: dict[str, Any] = {"data": [_row(feed, post, wanted) for post in page]}
    if page:
        said["paging"] = {"cursors": {"before": ids[start], "after": ids[start + len(page) - 1]}}
        if start + size < len(rows):
            said["paging"]["next"] = f"{request.url.origin()}{request.path}?after={ids[start + size - 1]}"
    if request["fault"] == "loop" and page:
        said["paging"] |= {"cursors": {"before": after, "after": after}, "next": str(request.url)}
    if request["fault"] == "again":
        said = feed.shown or said
    feed.shown = said
    return web.json_response(said)


def _row(feed: Feed, post: Post, wanted: set[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": post.id,
        "media_type": post.kind,
        "permalink": f"https://www.instagram.com/p/{post.id}/",
        "timestamp": f"{post.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
    }
    if post.caption:
        row["caption"] = post.caption
    if post.has_url:
        row["media_url"] = _signed(feed, post.id, post.kind)
    if post.kind == "VIDEO":
        row["thumbnail_url"] = _signed(feed, post.id, "IMAGE")
    if post.parts:
        row["children"] = {
            "data": [
                {
                    "id": f"{post.id}{place}",
                    "media_type": kind,
                    "media_url": _signed(feed, f"{post.id}{place}", kind),
                }
                for place, kind in enumerate(post.parts)
            ]
        }
    return {name: value for name, value in row.items() if name in wanted | {"id"}}


def _signed(feed: Feed, name: str, kind: str) -> str:
    ending = "mp4" if kind == "VIDEO" else "jpg"
    return f"https://scontent.example/{name}.{ending}?oe={next(feed.signatures):08x}"


def _pointer(post: Post) -> str:
    return f"QVFIU{post.id}ZD"


def failed(
    code: int, message: str, *, status: int = 400, subcode: int = 0, is_transient: bool = False
) -> web.Response:
    error: dict[str, Any] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": uuid.uuid4().hex[:11],
    }
    if subcode:
        error["error_subcode"] = subcode
    if is_transient:
        error["is_transient"] = True
    return web.json_response({"error": error}, status=status)


def _unauthorized(state: State, request: web.Request) -> web.Response:
    return failed(190, "Error validating access token: Session has expired", subcode=463)


def _throttled(state: State, request: web.Request) -> web.Response:
    return failed(4, "Application request limit reached", status=403, is_transient=True)


async def _put(request: web.Request) -> web.Response:
    for given in await request.json():
        at = datetime.fromisoformat(given.pop("at")) if "at" in given else Post.at
        request.app[FEED].add(Post(**given | {"parts": tuple(given.get("parts", ()))}, at=at))
    return web.json_response({})


if __name__ == "__main__":
    marketplace.serve(application)
