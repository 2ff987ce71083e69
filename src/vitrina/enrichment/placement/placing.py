"""Places of products in a marketplace's tree: where their cards stand there, else by the same retrieval as our own categories,
and what is known of each said in the marketplace's attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.catalog.cards import merged_attributes
from vitrina.catalog.categories import product_key
from vitrina.catalog.facts import facts
from vitrina.catalog.models import Category, Product
from vitrina.catalog.places import trees
from vitrina.catalog.places.models import Place, PlaceSource
from vitrina.catalog.pushing.forms import connection_words
from vitrina.channels.card_targets import open_target
from vitrina.channels.models import Connection
from vitrina.enrichment.generators.categorize.candidates import candidates
from vitrina.enrichment.generators.categorize.neighbours import KIND as NEIGHBOUR
from vitrina.enrichment.generators.categorize.neighbours import title_text
from vitrina.enrichment.generators.categorize.voting import confidences
from vitrina.enrichment.placement.mapping import DOUBTFUL, PERSON, mapped, missing, sought
from vitrina.jobs.enqueue import Priority, enqueue
from vitrina.jobs.models import Job
from vitrina.lib.transactions import short_transaction
from vitrina.retrieval.collections import CATEGORIES
from vitrina.retrieval.documents import NewDocument, put_many

PLACE = "enrichment.place"
CHUNK = 100
MOST = 5_000


def place_later(connection: Connection, *, by: User | None = None) -> Job:
    """For all products of the connection's seller, in the caller's transaction. Raises QueueFull."""
    return enqueue(
        PLACE,
        {"connection": connection.pk},
        key=f"place:{connection.pk}",
        seller_id=connection.seller_id,
        priority=Priority.SYNC,
        title=connection_words(connection),
        created_by_id=by.pk if by else None,
    )


def place_all(
    connection: Connection, *, on_progress: Callable[[int], None] = lambda done: None
) -> dict[str, int]:
    """The first MOST products, oldest first; what a person confirmed or wrote stays. Done again it changes nothing.

    Raises the errors of `channels.errors`.
    """
    tree = connection.platform
    if not Category.objects.filter(seller=None, tree=tree, is_active=True).exists():
        trees.sync_tree(connection)
    counts = {"placed": 0, "nowhere": 0}
    ids = list(
        Product.objects.filter(seller=connection.seller).order_by("pk").values_list("pk", flat=True)[:MOST]
    )
    seen = open_target(connection).look(
        list(Product.objects.filter(pk__in=ids).values_list("external_id", flat=True))
    )
    standing = {article: card.category_id for article, card in seen.items()}
    for start in range(0, len(ids), CHUNK):
        products = list(
            Product.objects.filter(pk__in=ids[start : start + CHUNK])
            .select_related("brand", "category").prefetch_related("images").order_by("pk")
        )  # fmt: skip
        placed = _place(connection, products, standing)
        counts["placed"] += placed
        counts["nowhere"] += len(products) - placed
        on_progress(min(start + CHUNK, len(ids)))
    return counts


def _place(connection: Connection, products: Sequence[Product], standing: dict[str, str]) -> int:
    known = {
        place.product_id: place
        for place in Place.objects.filter(product__in=products, tree=connection.platform).select_related(
            "category"
        )
    }
    places = []
    for product in products:
        place = known.get(product.pk) or Place(
            seller_id=connection.seller_id, product=product, tree=connection.platform
        )
        place.product = product
        if not (place.pk and place.is_confirmed and place.source == PlaceSource.PERSON) and not _found(
            place, product, standing.get(product.external_id, "")
        ):
            continue
        places.append(place)
    trees.learn_attributes(connection, list({place.category_id: place.category for place in places}.values()))
    leaves = {one.pk: one for one in Category.objects.filter(pk__in=[place.category_id for place in places])}
    for place in places:
        category = leaves[place.category_id]
        wanted = sought(category.attribute_schema, merged_attributes(place.product))
        trees.learn_values(connection, category, wanted)
    schemas = dict(
        Category.objects.filter(pk__in=[place.category_id for place in places]).values_list(
            "pk", "attribute_schema"
        )
    )
    with short_transaction():
        for place in places:
            fill(place, schemas.get(place.category_id, []))
            place.save()
    return len(places)


def _found(place: Place, product: Product, external_id: str) -> bool:
    """Set where it stands; False: nobody knows."""
    category = trees.leaf(place.tree, external_id) if external_id else None
    if category is not None:
        place.category, place.source, place.confidence, place.is_confirmed = (
            category,
            PlaceSource.CARD,
            None,
            True,
        )
        return True
    if place.pk and place.is_confirmed:
        return True
    nearest = candidates(facts(product), seller_id=product.seller_id, tree=place.tree, examples=False)
    if not nearest:
        return False
    sure = confidences([one.similarity for one in nearest], nearest[0].confirmed)
    place.category_id, place.source, place.confidence = nearest[0].id, PlaceSource.AI, sure[0]
    place.category = Category.objects.get(pk=nearest[0].id)
    return True


def fill(place: Place, schema: Sequence[dict[str, Any]]) -> None:
    """What is known said anew; a person's values stay, those of another category's attributes go."""
    keys = {str(row["key"]) for row in schema}
    kept = {key: said for key, said in place.values.items() if said["state"] == PERSON and key in keys}
    place.values = {
        key: one.row for key, one in mapped(schema, merged_attributes(place.product)).items()
    } | kept
    place.missing = len(missing(schema, place.values))
    place.doubtful = sum(said["state"] == DOUBTFUL for said in place.values.values())


def confirm(place: Place, category: Category, *, by: User | None = None) -> None:
    """A person said so: it stays, its doubtful values count as looked at, and the product is an example for the next ones."""
    before = place.category.path
    product, looked_at = place.product, category.pk == place.category_id
    if category.pk != place.category_id or not place.is_confirmed:
        place.source = PlaceSource.PERSON if category.pk != place.category_id else place.source
        place.confidence = None if category.pk != place.category_id else place.confidence
        place.category, place.is_confirmed = category, True
    brand = product.brand.name if product.brand else ""
    with short_transaction():
        fill(place, category.attribute_schema)
        if looked_at:
            for said in place.values.values():
                said["state"] = PERSON if said["state"] == DOUBTFUL else said["state"]
            place.doubtful = 0
        place.save()
        audit.record(
            "place.confirm", place, by=by, before={"category": before}, after={"category": category.path}
        )
        put_many(
            CATEGORIES,
            [
                NewDocument(
                    key=f"{product_key(product.pk)}:{place.tree}",
                    text=title_text(product.title, brand),
                    payload={"kind": NEIGHBOUR, "category_id": category.pk},
                    seller_id=product.seller_id,
                    group=str(category.pk),
                )
            ],
        )
