"""Keep the derived index in step with the rows.

1. Whoever reads first numbers the changes that were committed since (`number_changes`).
2. The index knows the number it has come to: the payload of a point of its own, written after the changes.
   A process that is killed in between applies some changes twice, which harms nothing.
3. Another database, a restored backup, a rolled back transaction, points lost: the index is made anew.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from vitrina.retrieval import dense, lease
from vitrina.retrieval.index import Point, RetrievalError, Space, Value, VectorIndex, opened, plain
from vitrina.retrieval.models import CollectionState, Document, Group
from vitrina.retrieval.sparse import ENCODING, encode_document

logger = logging.getLogger(__name__)

Row = TypeVar("Row", Document, Group)

# The reserved point that tells how far the index has come. Rows begin at 1.
POSITION = 0
SHARED = 0  # in place of a seller's id
BATCH = 500
GROUP_BATCH = 50
MAX_ID = 2**63 - 1
# A group's text is its own document and the newest of the others.
GROUP_TEXTS = 200


@dataclass(slots=True)
class Follower:
    """How far this process knows its index to be."""

    index: VectorIndex
    collection: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    expected: int = 0  # changes that this process made
    seen: int = 0  # of those, the ones that the last look was after
    looked_at: float = float("-inf")  # time.monotonic()
    ready: bool = False  # opened and checked
    placed: tuple[str, int] | None = None  # epoch and sequence
    # Filled from inside an open transaction: true only if that one commits.
    unconfirmed: bool = False
    dense: list[Space] = field(default_factory=list)  # one per embedding model that was used
    groups: int = 0


_followers: dict[str, Follower] = {}
_followers_lock = threading.Lock()


def items_space(collection: str) -> Space:
    return Space(collection)


def groups_space(collection: str) -> Space:
    return Space(f"{collection}.groups")


def expect_changes(collection: str) -> None:
    """Rows were written: look before the next query, and again once they are committed."""
    follower = _follower(collection)

    def expect() -> None:
        follower.expected += 1

    expect()
    transaction.on_commit(expect)


def catch_up(collection: str) -> Follower:
    """The index, with every change in it that was committed when this was called (another process's: up to
    `VECTOR_FRESHNESS` before). Costs nothing when it looked a moment ago, three small queries otherwise.

    Inside a transaction it sees that transaction's changes too, but never waits for another thread, which
    could be waiting for that transaction.
    """
    follower = _follower(collection)
    mine = follower.expected != follower.seen
    due = time.monotonic() - follower.looked_at >= settings.VECTOR_FRESHNESS.total_seconds()
    if follower.ready and not mine and not due:
        return follower
    # When nothing of ours waits, one thread looks and the others go on with what there is.
    waits = (mine or not follower.ready) and not connection.in_atomic_block
    if not follower.lock.acquire(blocking=waits):
        if follower.ready:
            return follower
        raise RetrievalError(
            f"The vector index of «{collection}» is being opened. Ask again outside of the transaction."
        )
    try:
        expected = follower.expected
        _follow(follower)
        follower.seen = expected
        follower.looked_at = time.monotonic()
    finally:
        follower.lock.release()
    return follower


def position(collection: str) -> tuple[str, int] | None:
    """Where the index is after catching up: another value after every change of a document. None: empty."""
    return catch_up(collection).placed


def rebuild(collection: str) -> None:
    """Throw the index of the collection away and make it anew from the rows."""
    follower = _follower(collection)
    with follower.lock:
        number_changes(collection)
        _clear(follower)
        follower.looked_at = float("-inf")
    catch_up(collection)


@dataclass(frozen=True, slots=True)
class Report:
    """What an index holds. `place` says where it is, in words."""

    documents: int
    groups: int
    place: str


def check(collection: str) -> Report:
    """Bring the collection up to date and count it."""
    follower = catch_up(collection)
    documents = follower.index.count(items_space(collection))
    return Report(
        documents - 1 if follower.placed else documents,  # without the point that tells the position
        follower.index.count(groups_space(collection)),
        follower.index.place,
    )


def number_changes(collection: str) -> None:
    """Give the committed changes that have no number yet the next one, all the same."""
    waiting = Q(collection=collection, sequence=None)
    if not (Document.objects.filter(waiting).exists() or Group.objects.filter(waiting).exists()):
        return
    CollectionState.objects.get_or_create(collection=collection)
    with transaction.atomic():
        state = CollectionState.objects.select_for_update().get(collection=collection)
        state.last_sequence = max(state.last_sequence + 1, time.time_ns())
        for model in (Document, Group):
            rows = model.objects.filter(waiting)
            if connection.features.has_select_for_update_skip_locked:
                # A row that someone is changing right now is numbered after that.
                rows = model.objects.filter(
                    pk__in=list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
                )
            rows.update(sequence=state.last_sequence)
        state.save(update_fields=["last_sequence"])


def _follower(collection: str) -> Follower:
    index = opened()
    follower = _followers.get(collection)
    if follower is None or follower.index is not index:
        with _followers_lock:
            follower = _followers.get(collection)
            if follower is None or follower.index is not index:
                follower = _followers[collection] = Follower(index, collection)
    return follower


def _follow(follower: Follower) -> None:
    _bring_up(follower)
    follower.ready = True


def _bring_up(follower: Follower) -> None:
    number_changes(follower.collection)
    target = _target(follower.collection)
    if not follower.ready:
        _open(follower)
    if target is None:
        if follower.placed is not None:
            _clear(follower)
        return
    if follower.placed == target:
        return
    if follower.index.is_shared:
        with lease.turn(follower.collection) as renew:
            # Another process may have done it while this one waited.
            follower.placed = _read_position(follower)
            if follower.placed != target:
                _advance(follower, target, renew)
    else:
        _advance(follower, target, lambda: None)
    if connection.in_atomic_block:
        follower.unconfirmed = True

        def confirm() -> None:
            follower.unconfirmed = False

        transaction.on_commit(confirm)


def _target(collection: str) -> tuple[str, int] | None:
    """Where the rows are; None while nothing was ever written. Another encoding is another epoch."""
    row = CollectionState.objects.filter(collection=collection).values_list("epoch", "last_sequence").first()
    return (f"{row[0]}/{ENCODING}", row[1]) if row else None


def _open(follower: Follower) -> None:
    """Open the spaces; what they hold is believed only when it is as many points as there are rows."""
    index, collection = follower.index, follower.collection
    index.ensure(items_space(collection))
    index.ensure(groups_space(collection))
    follower.placed = _read_position(follower)
    follower.dense = dense.known_spaces(collection)
    for space in follower.dense:
        index.ensure(space)
    follower.groups = index.count(groups_space(collection))
    if follower.placed is None or follower.placed != _target(collection):
        return
    rows = Document.objects.filter(collection=collection, removed=False).count()
    points = index.count(items_space(collection)) - 1
    if rows != points:
        logger.warning(
            "The vector index of «%s» holds %d points for %d rows: it is made anew.", collection, points, rows
        )
        _clear(follower)


def _advance(follower: Follower, target: tuple[str, int], between_batches: Callable[[], None]) -> None:
    placed = follower.placed
    if placed is None or placed[0] != target[0] or placed[1] > target[1] or follower.unconfirmed:
        _clear(follower)
        after = 0
    else:
        after = placed[1]
    index, collection = follower.index, follower.collection
    for documents in _changed_documents(collection, after, target[1]):
        _index_documents(index, collection, documents)
        between_batches()
    for groups in _changed_groups(collection, after, target[1]):
        _index_groups(index, collection, groups)
        between_batches()
    payload: dict[str, Value] = {"epoch": target[0], "sequence": target[1]}
    index.upsert(items_space(collection), [Point(POSITION, None, payload)])
    follower.placed = target
    follower.unconfirmed = False
    follower.dense = dense.known_spaces(collection)
    follower.groups = index.count(groups_space(collection))


def _clear(follower: Follower) -> None:
    # Until it is filled again, other threads wait instead of finding nothing.
    follower.ready = False
    for space in (items_space(follower.collection), groups_space(follower.collection)):
        follower.index.drop(space)
        follower.index.ensure(space)
    dense.drop(follower.index, follower.collection)
    follower.placed = None
    follower.unconfirmed = False
    follower.groups = 0


def _read_position(follower: Follower) -> tuple[str, int] | None:
    payload = follower.index.payload(items_space(follower.collection), POSITION)
    return (str(payload["epoch"]), int(payload["sequence"])) if payload else None


def _changed_documents(collection: str, after: int, to: int) -> Iterator[list[Document]]:
    rows = Document.objects.filter(collection=collection).order_by("sequence", "id")
    if not after:
        rows = rows.filter(removed=False)
    return _pages(rows, after, to, BATCH)


def _changed_groups(collection: str, after: int, to: int) -> Iterator[list[Group]]:
    return _pages(
        Group.objects.filter(collection=collection).order_by("sequence", "id"), after, to, GROUP_BATCH
    )


def _pages(rows: QuerySet[Row], after: int, to: int, size: int) -> Iterator[list[Row]]:
    last_sequence, last_id = after, -1
    if after:
        last_id = MAX_ID
    while True:
        page = list(
            rows.filter(sequence__lte=to).filter(
                Q(sequence__gt=last_sequence) | Q(sequence=last_sequence, id__gt=last_id)
            )[:size]
        )
        if page:
            yield page
        if len(page) < size:
            return
        last_sequence, last_id = page[-1].sequence or 0, page[-1].pk


def _index_documents(index: VectorIndex, collection: str, documents: list[Document]) -> None:
    index.delete(items_space(collection), [one.pk for one in documents if one.removed])
    payloads = {one.pk: _item_payload(one) for one in documents if not one.removed}
    index.upsert(
        items_space(collection),
        [
            Point(one.pk, encode_document([one.text]), payloads[one.pk])
            for one in documents
            if not one.removed
        ],
    )
    dense.follow(index, collection, documents, payloads)


def _item_payload(document: Document) -> dict[str, Value]:
    return {
        **plain(document.payload),
        "seller": document.seller_id or SHARED,
        "key": document.key,
        "group": document.group,
        "text": document.text,
    }


def _index_groups(index: VectorIndex, collection: str, groups: list[Group]) -> None:
    members: dict[str, list[Document]] = defaultdict(list)
    rows = Document.objects.filter(
        collection=collection, removed=False, group__in={group.name for group in groups}
    ).order_by("-id")
    for document in rows:
        members[document.group].append(document)
    points: list[Point] = []
    empty: list[int] = []
    for group in groups:
        point = _group_point(group, members[group.name])
        if point is None:
            empty.append(group.pk)
        else:
            points.append(point)
    index.delete(groups_space(collection), empty)
    index.upsert(groups_space(collection), points)


def _group_point(group: Group, documents: list[Document]) -> Point | None:
    """What one seller's products, or the shared ones, say of a group; None when they say nothing."""
    seen = [one for one in documents if (one.seller_id or SHARED) in (SHARED, group.seller_key)]
    if not any((one.seller_id or SHARED) == group.seller_key for one in seen):
        return None
    own = [one for one in seen if one.key == group.name]
    others = [one for one in seen if one.key != group.name]
    payload: dict[str, Value] = {
        **plain(own[0].payload if own else {}),
        "group": group.name,
        "seller": group.seller_key,
        "members": len(others),
    }
    texts = [one.text for one in [*own, *others[:GROUP_TEXTS]]]
    return Point(group.pk, encode_document(texts), payload)
