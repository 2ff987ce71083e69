"""What can be announced. A new kind is one line here and one call of `announce` where it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`code` stands in the body of the event; `name` and `words` on the pages."""

    code: str
    name: Any
    words: Any


TEST = "test"

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("run.finished", _("Run finished"), _("a product was enriched, sent to moderation, or failed")),
        Kind("moderation.needed", _("Moderation needed"), _("a card waits for a person")),
        Kind("import.finished", _("Import finished"), _("a feed was read to its end, or can't be read")),
        Kind("export.finished", _("Export finished"), _("a file with cards is ready, or can't be written")),
        Kind("push.finished", _("Push finished"), _("cards were brought to a marketplace, or refused there")),
        Kind("image.completed", _("Picture ready"), _("a picture was drawn, checked and kept")),
        Kind("image.failed", _("Picture failed"), _("a picture can't be had; nothing is counted for it")),
        Kind(
            "interactions.received",
            _("Buyers wrote"),
            _("reviews, questions or messages came that want an answer"),
        ),
        Kind("draft.ready", _("Draft ready"), _("an answer was drafted for a person to send")),
        Kind("reply.sent", _("Reply sent"), _("the marketplace took an answer")),
        Kind("reply.confirmed", _("Reply stands there"), _("an answer was seen to stand at the marketplace")),
        Kind("reply.rejected", _("Reply rejected"), _("moderation rejected an answer, or it never appeared")),
        Kind("reply.failed", _("Reply not sent"), _("an answer did not leave; the matter is open again")),
        Kind("reply.check", _("Reply in doubt"), _("an answer may have arrived; a person decides")),
        Kind("job.failed", _("Job failed"), _("a job needs somebody, or parts of a batch failed")),
    )
}


def name_of(code: str) -> str:
    """A kind as people know it; one that this version doesn't know by its code."""
    if code == TEST:
        return str(_("Test event"))
    return str(KINDS[code].name) if code in KINDS else code
