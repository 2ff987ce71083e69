"""What a fetch that failed says is kept without its values, and shown in the reader's language."""

from __future__ import annotations

from django.utils import translation

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures import troubles
from vitrina.catalog.pictures.showing import trouble_of
from vitrina.lib.fetch import FetchFailed
from vitrina.lib.sentences import gettext_noop


def test_why_a_picture_did_not_come_is_told_in_the_readers_language() -> None:
    error = FetchFailed(gettext_noop("«%(host)s» refused the connection."), {"host": "cdn.example"})
    trouble = troubles.of_fetch(error, "cdn.example")
    image = ProductImage(trouble=trouble.sentence, trouble_values=dict(trouble.values))
    with translation.override("ru"):
        assert trouble_of(image) == "«cdn.example» отказал в соединении."
    with translation.override("en"):
        assert trouble_of(image) == str(error) == "«cdn.example» refused the connection."
