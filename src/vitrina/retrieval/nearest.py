"""Find the nearest texts: single documents, or groups of them searched as one text.

Every query is held to one seller: its own documents and the shared ones, never another's.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vitrina.engine.ask import CallContext
from vitrina.engine.embed import embed
from vitrina.engine.errors import EngineError
from vitrina.retrieval.catching_up import SHARED, Follower, catch_up, groups_space, items_space
from vitrina.retrieval.dense import space_of
from vitrina.retrieval.fusion import fuse
from vitrina.retrieval.index import Found, Value, Where, matches, plain
from vitrina.retrieval.models import Group
from vitrina.retrieval.sparse import encode_query

logger = logging.getLogger(__name__)

# Fields of a point that are not the document's own.
OWN_FIELDS = frozenset({"seller", "key", "group", "text", "members"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A document. `score`: of the words in common, 0 for one that only its embedding brought. `closeness`: the cosine of
    the embeddings; 0 without."""

    key: str
    score: float
    payload: Mapping[str, Value]
    text: str
    group: str = ""
    closeness: float = 0.0


@dataclass(frozen=True, slots=True)
class GroupHit:
    """A group. `members`: documents in it besides its own head. `payload` is the head's.

    `score`: words in common, in units of the rarest word that there can be, so that it means about the same among
    forty groups as among ten thousand; 0 for a group that only embeddings brought.
    """

    name: str
    score: float
    members: int
    payload: Mapping[str, Value]


def nearest(
    collection: str,
    text: str,
    *,
    seller_id: int | None,
    limit: int = 20,
    where: Where | None = None,
    detail: str = "",
) -> list[Hit]:
    """The nearest documents, the best first. `detail`: more about the same thing, counted less.

    With an embed route set this calls it once (milliseconds to seconds, and money); without one, or when it
    fails, words alone decide.
    """
    follower = catch_up(collection)
    held = _held_to(seller_id, where)
    found = follower.index.query_sparse(
        items_space(collection), encode_query(text, detail=detail), limit=limit, where=held
    )
    hits = {str(one.payload["key"]): _hit(one, one.score) for one in found}
    close = _nearest_dense(follower, collection, text, detail, seller_id, limit, held)
    if not close:
        return list(hits.values())
    order = fuse([list(hits), [str(one.payload["key"]) for one in close]])
    for one in close:
        known = hits.get(str(one.payload["key"])) or _hit(one, 0.0)
        hits[known.key] = replace(known, closeness=one.score)
    return [hits[key] for key in order[:limit]]


def nearest_groups(
    collection: str,
    text: str,
    *,
    seller_id: int | None,
    limit: int = 20,
    where: Where | None = None,
    detail: str = "",
) -> list[GroupHit]:
    """The nearest groups, the best first; the seller's own view of a group stands before the shared one."""
    follower = catch_up(collection)
    found = follower.index.query_sparse(
        groups_space(collection),
        encode_query(text, detail=detail),
        limit=limit if seller_id is None else 2 * limit,
        where=_held_to(seller_id, where),
    )
    hits: dict[str, GroupHit] = {}
    for one in sorted(found, key=lambda one: one.payload["seller"] == SHARED):
        hits.setdefault(str(one.payload["group"]), _group_hit(one, rarest=rarest(follower.groups)))
    ordered = sorted(hits.values(), key=lambda hit: (-hit.score, hit.name))
    close = _nearest_dense(
        follower, collection, text, detail, seller_id, 3 * limit, _held_to(seller_id, None)
    )
    if not close:
        return ordered[:limit]
    return _with_close(follower, ordered, close, collection, seller_id, where)[:limit]


def _held_to(seller_id: int | None, where: Where | None) -> dict[str, Value | Sequence[Value]]:
    sellers: Value | list[Value] = SHARED if seller_id is None else [SHARED, seller_id]
    return {**plain(where or {}), "seller": sellers}


def _nearest_dense(
    follower: Follower,
    collection: str,
    text: str,
    detail: str,
    seller_id: int | None,
    limit: int,
    where: Where,
) -> list[Found]:
    if not follower.dense:
        return []
    try:
        answer = embed(
            [f"{text}\n{detail}".strip()], context=CallContext(seller_id=seller_id, feature="retrieval")
        )
    except EngineError as error:
        logger.warning("Searched by words alone: no embedding (%s).", error)
        return []
    if answer is None:
        return []
    space = space_of(collection, answer.model, len(answer.vectors[0]))
    if space not in follower.dense:
        return []  # the route has a new model whose vectors are not made yet
    return follower.index.query_dense(space, answer.vectors[0], limit=limit, where=where)


def _with_close(
    follower: Follower,
    ordered: list[GroupHit],
    close: list[Found],
    collection: str,
    seller_id: int | None,
    where: Where | None,
) -> list[GroupHit]:
    """Groups by words and by embeddings of their documents, fused."""
    hits = {hit.name: hit for hit in ordered}
    names = list(dict.fromkeys(str(one.payload["group"]) for one in close if one.payload["group"]))
    missing = [name for name in names if name not in hits]
    if missing:
        for hit in _groups_by_name(follower, collection, missing, _held_to(seller_id, where)):
            hits[hit.name] = hit
    order = fuse([[hit.name for hit in ordered], [name for name in names if name in hits]])
    return [hits[name] for name in order]


def _groups_by_name(follower: Follower, collection: str, names: list[str], where: Where) -> list[GroupHit]:
    """Groups that share no word with the query, the seller's own view last so that it wins."""
    rows = Group.objects.filter(collection=collection, name__in=names).order_by("seller_key")
    points = [(row.pk, follower.index.payload(groups_space(collection), row.pk)) for row in rows]
    return [
        _group_hit(Found(pk, 0.0, payload), rarest=1.0)
        for pk, payload in points
        if payload is not None and matches(payload, where)
    ]


def _hit(found: Found, score: float) -> Hit:
    payload = found.payload
    return Hit(str(payload["key"]), score, _own(payload), str(payload["text"]), str(payload["group"]))


def rarest(points: int) -> float:
    """The engine's inverse document frequency of a feature that one point of so many has."""
    return math.log(1 + (points - 0.5) / 1.5)


def _group_hit(found: Found, *, rarest: float) -> GroupHit:
    payload = found.payload
    return GroupHit(str(payload["group"]), found.score / rarest, int(payload["members"]), _own(payload))


def _own(payload: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in payload.items() if key not in OWN_FIELDS}
