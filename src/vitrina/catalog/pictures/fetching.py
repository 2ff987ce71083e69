"""The pictures that products wait for: brought, prepared, stored, and noted at every place that shows them.

    waiting places ─► addresses ─► bringing (threads) ─► known? ─► preparing (processes), storing ─► rows
                                                           └────────────────────────────────────────► rows

Killed anywhere, the next try asks only for what still waits. Nothing outside is waited for in a transaction, and no
thread but the job's own speaks with the database.
"""

from __future__ import annotations

import os
import queue
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db.models import Case, IntegerField, Value, When

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures import bringing, hosts, storing, troubles
from vitrina.catalog.pictures.bringing import Brought
from vitrina.catalog.pictures.models import ImageState
from vitrina.catalog.pictures.noting import Note, write
from vitrina.catalog.pictures.storing import Stored
from vitrina.catalog.pictures.troubles import Trouble
from vitrina.lib.guarded import fetcher
from vitrina.lib.hands import Finished, Hands
from vitrina.lib.pictures.pool import prepare_apart
from vitrina.lib.pictures.prepared import PictureRefused

# The first pictures of every product come before the others of any: they are what lists show and models look at.
FIRST = 5
BRINGING = 16  # threads of one run
UNDER_WAY = (
    48  # pictures of one run between its addresses and its rows: their files lie on this machine meanwhile
)
WRITE_EVERY_SECONDS = 0.5
WRITE_AT_MOST = 50
LOOK_EVERY_SECONDS = 0.5


@dataclass
class Told:
    """How many places have their picture now, will have none, and wait for another try."""

    stored: int = 0
    failed: int = 0
    refused: int = 0
    left: int = 0
    retry_after: float | None = None  # seconds that some host asked to wait, the longest

    @property
    def done(self) -> int:
        return self.stored + self.failed + self.refused


@dataclass(slots=True)
class Address:
    """One address with the places of products that wait for it."""

    url: str
    places: list[int] = field(default_factory=list)
    products: set[int] = field(default_factory=set)
    validators: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return hosts.host_of(self.url)


def fetch(
    seller_id: int,
    product_ids: Collection[int],
    *,
    is_last_try: bool = True,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    has_time: Callable[[], bool] = lambda: True,
) -> Told:
    """Bring what these products of one seller wait for. Costs two queries, and a transaction for every fifty pictures.

    `is_last_try`: what fails in a way that may pass is «failed» and not left waiting. `on_progress` may raise to stop.
    Without time no more addresses are asked, and the rest is left. Raises OSError where the storage takes nothing.
    """
    with tempfile.TemporaryDirectory(prefix="vitrina-pictures-", ignore_cleanup_errors=True) as folder:
        run = _Run(seller_id, waiting(seller_id, product_ids), Path(folder), is_last_try)
        try:
            run.go(on_progress, has_time)
        finally:
            run.let_go()
        return run.told


def waiting(seller_id: int, product_ids: Collection[int]) -> list[Address]:
    """What these products wait for, each address once, the first pictures of all products before the others."""
    rows = (
        ProductImage.objects.filter(
            product__seller_id=seller_id, product_id__in=list(product_ids), state=ImageState.WAITING
        )
        .annotate(
            turn=Case(When(position__lt=FIRST, then=Value(0)), default=Value(1), output_field=IntegerField())
        )
        .order_by("turn", "product_id", "position", "pk")
        .values_list("pk", "product_id", "url", "picture_id", "validators")
    )
    found: dict[str, Address] = {}
    for pk, product_id, url, picture_id, validators in rows:
        address = found.setdefault(url, Address(url, validators=validators if picture_id else {}))
        address.places.append(pk)
        address.products.add(product_id)
        if not picture_id:  # «not modified» would leave this place without a picture
            address.validators = {}
    return list(found.values())


class _Run:
    """One pass over the addresses. Its state belongs to the thread that called `fetch`."""

    def __init__(self, seller_id: int, addresses: list[Address], folder: Path, is_last_try: bool) -> None:
        self.told = Told()
        self._seller_id = seller_id
        self._addresses = addresses
        self._folder = folder
        self._is_last_try = is_last_try
        self._total = sum(len(address.places) for address in addresses)
        self._fetcher = fetcher()
        self._finished: queue.SimpleQueue[Finished] = queue.SimpleQueue()
        self._bringing = Hands(BRINGING, self._finished, name="picture-bringing")
        # One more than there are cores: while one waits for the storage, another is prepared.
        self._preparing = Hands((os.cpu_count() or 1) + 1, self._finished, name="picture-preparing")
        self._tired = hosts.Tiredness()
        self._arrived: list[tuple[Address, Brought]] = []  # not looked up yet
        self._same: dict[str, list[tuple[Address, Brought]]] = {}  # by the digest that is being prepared
        self._kept: set[str] = set()  # digests whose files this run has stored
        self._notes: list[Note] = []
        self._under_way = 0

    def go(self, on_progress: Callable[[int, int], None], has_time: Callable[[], bool]) -> None:
        coming = iter(self._addresses)
        is_over = False
        wrote_at = time.monotonic()
        on_progress(0, self._total)
        while self._under_way or not is_over:
            while not is_over and self._under_way < UNDER_WAY:
                address = next(coming, None) if has_time() else None
                if address is None:
                    is_over = True
                else:
                    self._ask_for(address)
            self._take()
            self._look_up()
            if len(self._notes) >= WRITE_AT_MOST or time.monotonic() - wrote_at > WRITE_EVERY_SECONDS:
                self._write()
                wrote_at = time.monotonic()
                on_progress(self.told.done, self._total)
        self._write()
        self.told.left = self._total - self.told.done
        on_progress(self.told.done, self._total)

    def let_go(self) -> None:
        self._bringing.let_go()
        self._preparing.let_go()

    def _ask_for(self, address: Address) -> None:
        times = self._tired.times(address.host)
        if times:
            self._note_trouble(address, troubles.of_tired(address.host, times))
            return
        self._under_way += 1
        bring = partial(
            bringing.bring, address.url, self._folder, self._fetcher, validators=address.validators
        )
        self._bringing.give(address, bring)

    def _take(self) -> None:
        """Everything that is finished; the first of it is waited for, a moment."""
        try:
            finished = self._finished.get(timeout=LOOK_EVERY_SECONDS) if self._under_way else None
            while finished is not None:
                self._settle(finished)
                finished = self._finished.get_nowait()
        except queue.Empty:
            return

    def _settle(self, finished: Finished) -> None:
        if isinstance(finished.tag, Address):
            self._bringing.took()
            if finished.error is not None:
                raise finished.error
            self._came(finished.tag, finished.answer)
            return
        self._preparing.took()
        sharing = self._same.pop(finished.tag)
        for _address, brought in sharing:
            if brought.path is not None:
                brought.path.unlink(missing_ok=True)
        self._under_way -= len(sharing)
        if isinstance(finished.error, PictureRefused):
            refusal = finished.error
            for address, _brought in sharing:
                self._note_trouble(
                    address, Trouble(refusal.sentence, refusal.values, state=ImageState.REFUSED)
                )
            return
        if finished.error is not None:
            raise finished.error
        self._kept.add(finished.tag)
        for address, brought in sharing:
            self._notes.append(
                Note(address.places, address.products, brought=brought, stored=finished.answer)
            )

    def _came(self, address: Address, answer: Brought | Trouble) -> None:
        self._tired.note(address.host, failed=isinstance(answer, Trouble) and answer.may_pass)
        if isinstance(answer, Trouble):
            self._under_way -= 1
            self._note_trouble(address, answer)
        elif answer.path is None:
            self._under_way -= 1
            self._notes.append(Note(address.places, address.products))
        else:
            self._arrived.append((address, answer))

    def _look_up(self) -> None:
        """What is stored already needs no preparing; of what is the same, one is prepared."""
        arrived, self._arrived = self._arrived, []
        if not arrived:
            return
        known = storing.known(self._seller_id, {brought.digest for _address, brought in arrived})
        for address, brought in arrived:
            assert brought.path is not None
            if brought.digest in known or brought.digest in self._kept:
                brought.path.unlink(missing_ok=True)
                self._under_way -= 1
                self._notes.append(Note(address.places, address.products, brought=brought))
            elif brought.digest in self._same:
                self._same[brought.digest].append((address, brought))
            else:
                self._same[brought.digest] = [(address, brought)]
                self._preparing.give(
                    brought.digest, partial(_prepare_and_keep, self._seller_id, brought.digest, brought.path)
                )

    def _note_trouble(self, address: Address, trouble: Trouble) -> None:
        if trouble.may_pass:
            self.told.retry_after = max(
                filter(None, (self.told.retry_after, trouble.retry_after)), default=None
            )
        is_left = trouble.may_pass and not self._is_last_try
        self._notes.append(Note(address.places, address.products, trouble=trouble, is_left=is_left))

    def _write(self) -> None:
        """Counted once it is written."""
        notes, self._notes = self._notes, []
        if not notes:
            return
        write(self._seller_id, notes)
        for note in notes:
            if note.trouble is None:
                self.told.stored += len(note.places)
            elif note.trouble.state == ImageState.REFUSED:
                self.told.refused += len(note.places)
            elif not note.is_left:
                self.told.failed += len(note.places)


def _prepare_and_keep(seller_id: int, digest: str, path: Path) -> Stored:
    return storing.keep_files(seller_id, digest, path, prepare_apart(path.read_bytes()))
