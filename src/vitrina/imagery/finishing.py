"""A picture that is kept: judged, made small, stored whole, and then its row."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from vitrina.imagery import ending
from vitrina.imagery.calls import Made
from vitrina.imagery.models import GeneratedImage, ImageAttempt, ImageStatus, Quality, original_name
from vitrina.imagery.scene import Scene
from vitrina.lib import files
from vitrina.lib.pictures import Expected, Judged, judge_apart
from vitrina.lib.sentences import gettext_noop

BEST_OF_POOR = gettext_noop("No try was good; this is the best of them.")
UNREADABLE = gettext_noop("What came could not be opened as a picture.")
COPIED = (
    "digest", "media_type", "size", "real_width", "real_height", "likeness", "measured", "quality_score",
    "quality_level", "issues", "seed", "is_marked",
)  # fmt: skip


@dataclass
class Finishing:
    """What is known of the pictures of one run, so that none is opened twice."""

    image: GeneratedImage
    scene: Scene
    _judged: tuple[int, Judged] | None = None

    def judge(self, attempt: ImageAttempt, made: Made, *, is_offline: bool) -> Judged:
        """`attempt`: its order says what was expected. Raises FileNotFoundError where the bytes are gone."""
        order = attempt.order
        is_free = is_offline or order.get("ratio") is not None
        expected = Expected(
            0 if is_free else order["width"],
            0 if is_free else order["height"],
            "" if is_offline else self.scene.color,
            may_have_words=is_offline,
        )
        with files.storage().open(original_name(self.image.seller_id, made.digest, made.media_type)) as file:
            data = file.read()
        judged = judge_apart(data, made.told_type or made.media_type, expected)
        self._judged = attempt.pk, judged
        return judged

    def complete(
        self,
        attempt: ImageAttempt,
        *,
        is_offline: bool,
        is_marked: bool,
        cost: Decimal | None,
        reason: str,
        reason_values: dict[str, Any],
    ) -> None:
        made = Made.restored(attempt.made)
        judged = (
            self._judged[1]
            if self._judged is not None and self._judged[0] == attempt.pk
            else self.judge(attempt, made, is_offline=is_offline)
        )
        prepared = judged.prepared
        if prepared is None:
            ending.fail(self.image.pk, UNREADABLE, cost=cost)
            return
        is_poor = not is_offline and judged.level == Quality.POOR
        fields = {
            "service": attempt.service,
            "model": made.model or attempt.model,
            "seed": made.seed if made.seed is not None else attempt.seed,
            "prompt": attempt.order["prompt"],
            "negative_prompt": attempt.order["negative"],
            "width": attempt.order["width"],
            "height": attempt.order["height"],
            "digest": made.digest,
            "media_type": made.media_type,
            "size": made.size,
            "real_width": prepared.width,
            "real_height": prepared.height,
            "likeness": prepared.likeness,
            "measured": prepared.measured,
            "quality_score": None if is_offline else judged.score,
            "quality_level": "" if is_offline else judged.level,
            "issues": [] if is_offline else [issue.kept() for issue in judged.issues],
            "is_marked": is_marked,
            "cost": cost,
            "seconds": attempt.seconds,
            "reason": (BEST_OF_POOR if is_poor else reason)[:300],
            "reason_values": {} if is_poor else reason_values,
        }
        if is_poor or is_offline:
            fields["cache_key"] = ""  # nobody shall be given this again
        stored = GeneratedImage(seller_id=self.image.seller_id, digest=made.digest)
        storage = files.storage()
        storage.save(
            stored.processed_name, io.BytesIO(prepared.processed), media_type="image/jpeg", is_lasting=True
        )
        storage.save(stored.thumb_name, io.BytesIO(prepared.thumb), media_type="image/webp", is_lasting=True)
        ending.complete(self.image.pk, fields, keeps_unit=not is_offline)


def equal_picture(image: GeneratedImage, cache_key: str) -> GeneratedImage | None:
    """A good picture that the same person asked for with the same words before, and whose files stand."""
    found = (
        GeneratedImage.objects.filter(
            cache_key=cache_key,
            seller_id=image.seller_id,
            created_by_id=image.created_by_id,
            status=ImageStatus.COMPLETED,
        )
        .exclude(pk=image.pk)
        .order_by("-pk")
        .first()
    )
    if found is None:
        return None
    storage = files.storage()
    names = (found.original_name, found.processed_name, found.thumb_name)
    return found if all(storage.exists(name) for name in names) else None


def complete_from_cache(image: GeneratedImage, equal: GeneratedImage, told: dict[str, Any]) -> None:
    fields = told | {name: getattr(equal, name) for name in COPIED}
    fields |= {
        "cache_key": equal.cache_key,
        "model": equal.model,
        "is_from_cache": True,
        "cost": Decimal(0),
        "seconds": 0.0,
    }
    ending.complete(image.pk, fields, keeps_unit=False)
