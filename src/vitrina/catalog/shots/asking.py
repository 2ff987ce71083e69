"""Ask for a shot of a product: its own photo goes along, and the marketplace's rules for pictures with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vitrina.accounts.models import Seller, User
from vitrina.catalog.cards import merged_attributes
from vitrina.catalog.limits import Target, targets
from vitrina.catalog.models import ImageOrigin, Product, ProductImage
from vitrina.catalog.pictures.measured import measured
from vitrina.catalog.pictures.models import Picture
from vitrina.catalog.shots.depicting import facts_of
from vitrina.imagery import asking
from vitrina.imagery.asking import ReferenceFile
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.options import Options
from vitrina.imagery.product_shot import ShotKind, scene
from vitrina.jobs.enqueue import Priority

KINDS = {
    ShotKind.STUDIO: gettext_lazy("Studio"),
    ShotKind.LIFESTYLE: gettext_lazy("In use"),
    ShotKind.DETAIL: gettext_lazy("Detail"),
}


AS_THE_RECIPE = Options()


class NoPhoto(Exception):
    """The product has no photo of its own to be drawn after; nothing was asked. `str` is for the person."""

    permanent = True

    def __init__(self) -> None:
        super().__init__(
            _(
                "The product has no photo of its own that could be shown to a service. Add one, or fetch them first."
            )
        )


def ask(
    product: Product,
    kind: ShotKind,
    *,
    by: User | None,
    options: Options = AS_THE_RECIPE,
) -> GeneratedImage:
    """The first own photo of the product is the reference. Raises NoPhoto, PicturesSpent, QueueFull."""
    photo = photo_of(product)
    if photo is None:
        raise NoPhoto
    facts = facts_of(
        product.title,
        product.category.path if product.category else product.category_hint,
        merged_attributes(product),
        measured(photo.measured),
    )
    return asking.ask_for(
        product.seller,
        scene(facts, kind, rules_of(target_of(product.seller))),
        title=product.title[:200],
        subject=f"product:{product.pk}",
        part=kind.value,
        options=options,
        references=[ReferenceFile(photo.processed_name, "image/jpeg", photo.digest, "the product")],
        by=by,
        priority=Priority.OPERATOR,
    )


def photo_of(product: Product) -> Picture | None:
    """The first stored picture that was not drawn. One query."""
    own = ProductImage.objects.filter(product=product, picture__isnull=False).exclude(
        origin=ImageOrigin.DRAWN
    )
    image = own.select_related("picture").first()
    return image.picture if image else None


def target_of(seller: Seller) -> Target | None:
    return targets().get(seller.target)


def rules_of(target: Target | None) -> dict[str, Any]:
    """{"min_pixels": [700, 900], …}"""
    if target is None:
        return {}
    return {limit.limit: limit.value for limit in target.limits if limit.field == "pictures"}
