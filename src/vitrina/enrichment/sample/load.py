"""Loading the sample shop: its import runs as a job like any other, and asks for enrichment when it is done."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from vitrina.accounts.models import Seller
from vitrina.catalog import categories, importing
from vitrina.catalog.models import Import
from vitrina.catalog.tree_file import read_tree
from vitrina.enrichment import content_templates

HERE = Path(__file__).parent
SLUG = "mayak"
FILE_NAME = "mayak.yml"


def load_sample() -> Import | None:
    """Make the seller «Маяк» with tree and templates, and queue the import of its feed; None when it is there."""
    with transaction.atomic():
        seller, is_new = Seller.objects.get_or_create(
            slug=SLUG, defaults={"name": "Маяк (пример)", "source": "feed"}
        )
        if not is_new:
            return None
        categories.sync(read_tree(HERE / "categories.tsv"), seller=seller)
        taken = content_templates.import_templates(
            content_templates.read_file(HERE / "templates.json"), seller=seller
        )
        if taken.refused:
            raise ValueError(f"templates of the sample shop were refused: {taken.refused}")
        with (HERE / "feed.yml").open("rb") as feed:
            return importing.start(
                seller, file=feed, file_name=FILE_NAME, options=importing.ImportOptions(enrich=True)
            )
