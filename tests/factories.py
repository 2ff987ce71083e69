"""Rows for tests, with believable defaults. Give only what the test is about."""

from __future__ import annotations

import hashlib
import io
import itertools
from typing import Any

from django.test import Client
from django.utils import timezone
from PIL import Image

from vitrina.accounts.models import Membership, Seller, User
from vitrina.accounts.proving import PROVED_AT
from vitrina.accounts.roles import Role
from vitrina.books.models import Book, Chapter, CharacterSheet, Passage
from vitrina.catalog.models import Category, Product, ProductImage
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.scene import Recipe, Scene
from vitrina.lib import files
from vitrina.lib.pictures.preparing import prepare

_number = itertools.count(1)


def user(name: str, *, seller: Seller | None = None, role: Role = Role.READ_ONLY, **fields: Any) -> User:
    person = User.objects.create_user(name, password=f"{name}-password", **fields)
    if seller:
        Membership.objects.create(user=person, seller=seller, role=role)
    return person


def sign_in(client: Client, person: User) -> None:
    """Signed in, with the password given a moment ago: dangerous pages open."""
    client.force_login(person)
    session = client.session
    session[PROVED_AT] = timezone.now().timestamp()
    session.save()


def seller(**fields: Any) -> Seller:
    n = next(_number)
    return Seller.objects.create(**{"name": f"Магазин {n}", "slug": f"shop-{n}"} | fields)


def category(path: str, *, seller: Seller | None = None, **fields: Any) -> Category:
    """A category by its whole path; missing parents are made on the way."""
    parent = None
    names = path.split(" > ")
    for depth, name in enumerate(names, start=1):
        part = " > ".join(names[:depth])
        found = Category.objects.filter(seller=seller, tree=fields.get("tree", ""), path=part).first()
        if found is None:
            if parent is not None:
                Category.objects.filter(pk=parent.pk).update(is_leaf=False)
            extra = fields if depth == len(names) else {}
            found = Category.objects.create(
                **{"seller": seller, "external_id": part, "parent": parent, "name": name, "path": part}
                | extra
            )
        parent = found
    assert parent is not None
    return parent


def product(*, seller: Seller, **fields: Any) -> Product:
    n = next(_number)
    defaults: dict[str, Any] = {
        "external_id": f"sku-{n}",
        "title": "Платье летнее хлопковое синее",
        "description": "Лёгкое летнее платье из хлопка, длина 95 см, синий цвет.",
        "price": "2490.00",
        "currency": "RUB",
        "attributes": {"Материал": "хлопок", "Цвет": "синий", "Длина": "95 см"},
        "content_hash": f"hash-{n}",
    }
    return Product.objects.create(seller=seller, **defaults | fields)


def picture(product: Product, *, colour: str = "teal", size: tuple[int, int] = (900, 1200)) -> Picture:
    """A stored picture of a product, of one colour."""
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, "JPEG")
    return stored_picture(product, drawn.getvalue())


def stored_picture(product: Product, data: bytes, **columns: Any) -> Picture:
    """The product shows this picture after those that it has; with its files. `columns`: of the picture, otherwise than they
    are."""
    prepared = prepare(data)
    made, _is_new = Picture.objects.get_or_create(
        seller=product.seller,
        digest=hashlib.sha256(data).hexdigest(),
        defaults={
            "media_type": prepared.media_type,
            "size": len(data),
            "width": prepared.width,
            "height": prepared.height,
            "likeness": prepared.likeness,
            "measured": prepared.measured,
        }
        | columns,
    )
    for name, content in (
        (made.original_name, data),
        (made.processed_name, prepared.processed),
        (made.thumb_name, prepared.thumb),
    ):
        files.storage().save(name, io.BytesIO(content))
    position = product.images.count()
    ProductImage.objects.create(
        product=product,
        url=f"https://pictures.example/{made.digest[:12]}-{position}.jpg",
        position=position,
        picture=made,
        state=ImageState.STORED,
    )
    return made


CHAPTER = (
    "За оврагом стоял старый дом с заколоченными окнами, и крыша его поросла мхом, а за домом начинался заглохший сад.\n"
    "— Кто там живёт? — спросил Ибрагим."
)


def book(seller: Seller, *, words: str = "Дом за оврагом", unseen: str = "", **fields: Any) -> Book:
    """A book that was read: one chapter with one passage that is worth a picture, one character sheet. `words`: of its
    title, its chapter and all that a person wrote about it. `unseen`: somebody in it whose look nobody knows."""
    made = Book.objects.create(
        **{
            "seller": seller, "title": words, "author": "А. Кузнецова", "language": "ru", "genre": "historical",
            "file_format": "fb2", "digest": hashlib.sha256(f"{words}{next(_number)}".encode()).hexdigest(),
            "state": "ready", "file_name": "dom.fb2",
            "notes": [{"sentence": "The footnotes were left out.", "values": {}}],
        }
        | fields
    )  # fmt: skip
    chapter = Chapter.objects.create(
        book=made, number=1, title=words[:300], text=CHAPTER, word_count=24, is_searched=True
    )
    passage = Passage.objects.create(
        chapter=chapter, begin=0, end=CHAPTER.index("\n"), type="location", priority=84, names=["Ибрагим"],
        parts={"points": {"average": 40.0, "visible": 31.5, "verbs": -4.2}, "types": {}, "words": ["дом", "сад"]},
        english="an old house with boarded windows behind a ravine", english_source="person",
    )  # fmt: skip
    CharacterSheet.objects.create(book=made, name=words[:120], look="tall young officer", passage=passage)
    if unseen:
        CharacterSheet.objects.create(book=made, name=unseen)
    return made


def generated_image(
    seller: Seller, *, colour: str = "teal", size: tuple[int, int] = (640, 480), **fields: Any
) -> GeneratedImage:
    """A picture that was drawn and checked, with its files. With a `status` other than completed: the row alone."""
    scene = Scene(recipe=Recipe(fields.get("recipe", Recipe.FREE)), parts=("an old lighthouse in the fog",))
    made = GeneratedImage(
        seller=seller,
        **{"recipe": "free", "title": "Старый маяк в тумане", "scene": scene.model_dump(mode="json")}
        | fields,
    )
    if made.status == ImageStatus.QUEUED and "status" not in fields:
        drawn = io.BytesIO()
        Image.new("RGB", size, colour).save(drawn, "PNG")
        data = drawn.getvalue()
        prepared = prepare(data)
        standing = {
            "status": ImageStatus.COMPLETED, "prompt": "an old lighthouse in the fog", "service": "placeholder",
            "model": "placeholder", "seed": 7, "width": size[0], "height": size[1], "is_marked": True,
            "digest": hashlib.sha256(data).hexdigest(), "media_type": prepared.media_type, "size": len(data),
            "real_width": prepared.width, "real_height": prepared.height, "likeness": prepared.likeness,
            "measured": prepared.measured, "quality_score": 92, "quality_level": "excellent", "cost": 0, "seconds": 0.2,
        }  # fmt: skip
        for name, value in standing.items():
            if name not in fields:
                setattr(made, name, value)
        for name, content in (
            (made.original_name, data),
            (made.processed_name, prepared.processed),
            (made.thumb_name, prepared.thumb),
        ):
            files.storage().save(name, io.BytesIO(content))
    made.save()
    return made
