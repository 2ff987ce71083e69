"""One of everything that has an address, in one seller: what the matrix of routes and roles walks over."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from PIL import Image
from tests import factories

from vitrina.accounts.inviting import invite
from vitrina.accounts.models import (
    ApiToken,
    AuditEntry,
    BrowserSession,
    Invitation,
    Membership,
    Plan,
    Seller,
    User,
)
from vitrina.books.models import Book, Chapter, CharacterSheet, Passage
from vitrina.catalog import preparing
from vitrina.catalog.duplicates.models import DuplicatePair
from vitrina.catalog.models import (
    BrokenRow,
    Category,
    ColumnMapping,
    Export,
    Import,
    Product,
    ProductContent,
    ProductImage,
)
from vitrina.catalog.pictures import troubles
from vitrina.catalog.pictures.models import Picture
from vitrina.catalog.places.models import Place
from vitrina.catalog.pushing import planning
from vitrina.catalog.pushing.models import Push, PushRun, PushRunState, PushState
from vitrina.catalog.sources.models import Look, Source
from vitrina.channels import opening
from vitrina.channels.models import Connection
from vitrina.channels.ports import Attachment, Kind, Message, ProductSeen, Seen, Sender
from vitrina.console.models import SavedView
from vitrina.engine.core.exchanges import pack
from vitrina.engine.core.keys import common_part
from vitrina.engine.models import Exchange, ModelCall, PriceOverride, ProviderSetting
from vitrina.engine.tests.calls_made import call
from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog, StepResult
from vitrina.enrichment.options import RunOptions
from vitrina.imagery.asking import begin_series
from vitrina.imagery.models import GeneratedImage, ImageAttempt
from vitrina.imagery.scene import Recipe
from vitrina.inbox.knowing import known
from vitrina.inbox.library.models import LibraryAnswer
from vitrina.inbox.models import CannedAnswer, Draft, Interaction, Reply
from vitrina.inbox.receiving import receive
from vitrina.jobs.enqueue import enqueue
from vitrina.jobs.models import Job, Schedule
from vitrina.lib import files
from vitrina.vehicles import changing, photos, recipe
from vitrina.vehicles.models import CarSeries, Vehicle
from vitrina.vehicles.scorekeeping import keep_score
from vitrina.vehicles.series import car_of, told_of
from vitrina.webhooks.models import Delivery, Endpoint, Event, Try
from vitrina.webhooks.secret import sealed

TEXT = {
    "title": "Платье летнее хлопковое",
    "description": "<p>Лёгкое платье из хлопка для жаркого дня. Длина 95 см, ткань дышит и легко стирается.</p>"
    "<ul><li>хлопок</li><li>длина 95 см</li></ul>",
    "seo_title": "Платье летнее хлопковое синее — купить с доставкой",
    "seo_description": "Летнее платье из хлопка длиной 95 см: лёгкое, синее, на каждый день.",
    "keywords": ["платье", "хлопок"],
    "key_benefits": ["Дышит", "Легко стирать", "Не мнётся"],
}


@dataclass
class World:
    seller: Seller
    category: Category
    product: Product
    waiting_product: Product
    log: ProcessingLog
    item: ModerationItem
    job: Job
    dead_job: Job
    import_run: Import
    export_run: Export
    template: ContentTemplate
    view: SavedView
    edit: AuditEntry
    person: User
    browser_session: BrowserSession
    draft: Import
    mapping: ColumnMapping
    trial: Job
    models_inquiry: Job
    connection: Connection
    push_run: PushRun
    pushed: Push
    place: Place
    pair: DuplicatePair
    interaction: Interaction
    canned: CannedAnswer
    library_answer: LibraryAnswer
    endpoint: Endpoint
    delivery: Delivery
    picture: Picture
    product_image: ProductImage
    image: GeneratedImage
    other_image: GeneratedImage
    waiting_image: GeneratedImage
    book: Book
    other_book: Book
    chapter: Chapter
    passage: Passage
    sheet: CharacterSheet
    token: ApiToken
    membership: Membership
    invitation: Invitation
    invitation_secret: str
    call: ModelCall
    repetition: Job
    plan: Plan
    price: PriceOverride
    source: Source
    vehicle: Vehicle
    car_series: CarSeries


def options(**wishes: object) -> dict[str, object]:
    return RunOptions(**wishes).settled_for(has_category=False, has_images=False).stored()  # type: ignore[arg-type]


def result(category: Category, **text: object) -> dict[str, object]:
    return {
        "category": {
            "id": category.pk,
            "confidence": 0.62,
            "alternatives": [],
            "reasoning": "По названию.",
            "source": "offline",
        },
        "attributes": {"Сезон": {"value": "лето", "unit": "", "evidence": "летнее"}},
        "text": TEXT | text,
        "findings": [
            {
                "code": "unsupported.number",
                "severity": "high",
                "detail": {"text": "95 см"},
                "span": {"field": "description", "start": 44, "end": 49},
                "rule": "",
                "repairable": True,
            }
        ],
        "templates": [],
        "decision": {"outcome": "moderate", "priority": 2, "reasons": REASONS},
    }


REASONS = [
    {
        "code": "category.confidence_low",
        "severity": "warning",
        "detail": {"confidence": 0.62, "threshold": 0.75},
        "text": "",
    }
]


def make(seller: Seller, *, by: User | None = None) -> World:
    category = factories.category(
        "Одежда > Платья", seller=seller, attribute_schema=[{"name": "Длина", "kind": "number", "unit": "см"}]
    )
    done, waiting = factories.product(seller=seller, category=category), factories.product(seller=seller)
    picture = factories.picture(done)
    lost = {"host": "pictures.example", "status": 404}
    done.images.create(
        url="https://pictures.example/none.jpg",
        position=1,
        state="failed",
        trouble=troubles.GONE,
        trouble_values=lost,
    )
    image, other_image = (
        factories.generated_image(seller, recipe="product_shot", subject=f"product:{done.pk}", colour=colour)
        for colour in ("teal", "olive")
    )
    ImageAttempt.objects.create(
        image=image,
        service="placeholder",
        model="placeholder",
        seed=7,
        outcome="ok",
        quality_score=92,
        seconds=0.2,
        cost=0,
    )
    factories.generated_image(
        seller, status="failed", reason="The service refused the request.", title="Снимок, который не вышел"
    )
    book = factories.book(seller)
    chapter = book.chapters.get(number=1)
    passage = chapter.passages.get()
    sheet = book.sheets.get()
    factories.generated_image(seller, recipe="book_scene", subject=f"passage:{passage.pk}", colour="navy")
    car_series = drawn(seller)
    log = ProcessingLog.objects.create(
        product=done, seller=seller, status="completed", options=options(), result=result(category), models_used={"describe": "offline"},
        finished_at=timezone.now(), duration_ms=1200,
    )  # fmt: skip
    StepResult.objects.create(log=log, step="describe", input_hash="x", output=TEXT, source="offline")
    content = ProductContent.objects.create(
        product=done, language="ru", log_id=log.pk, source="offline", **TEXT
    )
    log.applied = {
        "content": {
            "id": content.pk, "language": "ru", "created": True, "before": {"title": ""}, "after": {"title": content.title},
        }
    }  # fmt: skip
    log.save()
    doubtful = ProcessingLog.objects.create(
        product=waiting, seller=seller, status="moderation", options=options(), result=result(category), confidence=0.62,
        input=None, models_used={"describe": "offline"}, finished_at=timezone.now(),
    )  # fmt: skip
    item = ModerationItem.objects.create(log=doubtful, seller=seller, priority=2, reasons=REASONS)
    job = enqueue("enrichment.run", {"log_id": 0}, seller_id=seller.pk, title="Пробное задание")
    dead = enqueue("enrichment.run", {"log_id": -1}, seller_id=seller.pk, title="Неудавшееся задание")
    Job.objects.filter(pk=dead.pk).update(state="dead", error="Сервер модели не ответил.", reason="NoAnswer")
    import_run = Import.objects.create(
        seller=seller, source="feed.yml", file_name="feed.yml", state="done", read=3, created=2, broken=1
    )
    BrokenRow.objects.create(import_run=import_run, line=3, reason="the row has no title")
    name = files.new_name("exports", "csv")
    files.storage().save(name, io.BytesIO(b"id,title\n"))
    export_run = Export.objects.create(
        seller=seller,
        target="shop",
        format="csv",
        language="ru",
        state="done",
        written=1,
        file_name=name,
        report_name=name,
    )
    template = ContentTemplate.objects.create(
        seller=seller, name="Платья", text="Сшито на совесть, шаблон 7301.", category=category
    )
    Schedule.objects.get_or_create(name="jobs.clean_up", defaults={"next_run": timezone.now()})
    person, _is_new = User.objects.get_or_create(username="someone-else")
    ProviderSetting.objects.get_or_create(name="gpu-1", base_url="http://127.0.0.1:9/v1")
    endpoint, delivery = told(seller)
    pushed = held_back(seller, done)
    invitation = invite(seller, "moderator", name="Новый человек", by=person)
    asked = call(seller=seller, job_id=job.pk, generator="вызов-7302")
    asked.save()
    question = common_part(
        system="Ты пишешь карточки.", turns=[{"role": "user", "content": "Платье"}], images=[], schema_digest="x",
        temperature=0.7, output_limit=900, prompt_version="x",
    )  # fmt: skip
    Exchange.objects.create(call_id=asked.pk, at=asked.at, packed=pack(question, '{"title": "Платье"}', ""))
    return World(
        seller,
        category,
        done,
        waiting,
        log,
        item,
        Job.objects.get(pk=job.pk),
        Job.objects.get(pk=dead.pk),
        import_run,
        export_run,
        template,
        SavedView.objects.create(
            user=by or factories.user(f"keeper-{seller.pk}-{User.objects.count()}", seller=seller),
            seller=seller,
            name="Без текста",
            query="no_description=1",
        ),
        AuditEntry.objects.create(
            seller=seller,
            action="product.edit",
            object_type="product",
            object_id=str(done.pk),
            before={"content": {"title": "Платье"}},
            after={"content": {"title": TEXT["title"]}, "language": "ru", "created": False},
        ),
        person=person,
        browser_session=BrowserSession.objects.get_or_create(
            user=person, session_key="no-such-session", defaults={"seen_at": timezone.now()}
        )[0],
        draft=draft_of(seller),
        mapping=ColumnMapping.objects.create(
            seller=seller, signature=f"{import_run.pk:064}", columns={"Артикул": "external_id"}
        ),
        trial=enqueue("engine.try", {"route": "describe", "user_id": None}, title="describe"),
        models_inquiry=enqueue("engine.models", {"provider": "gpu-1"}, title="gpu-1"),
        connection=connected(seller),
        pair=DuplicatePair.objects.create(
            seller=seller, one=done, other=waiting, reasons={"barcode": "4600000073082"}, found_by=1
        ),
        push_run=pushed.run,
        pushed=pushed,
        source=looked_at(seller),
        place=placed(seller, done),
        interaction=written(seller, done),
        library_answer=LibraryAnswer.objects.create(
            seller=seller,
            interaction=answered(seller),
            origin="cabinet",
            kind="review",
            language="ru",
            digest="7306",
            question="Рукав порвался, вопрос 7306.",
            answer="Здравствуйте! Рукав 7306 усилили.",
            answered_at=timezone.now(),
        ),
        canned=CannedAnswer.objects.get_or_create(
            seller=seller,
            key="молния",
            defaults={"name": "Про молнию", "text": "{buyer}, молнию 7305 проверим.", "place": 1},
        )[0],
        endpoint=endpoint,
        delivery=delivery,
        picture=picture,
        product_image=done.images.get(picture=picture),
        image=image,
        other_image=other_image,
        waiting_image=factories.generated_image(seller, status="queued"),
        book=book,
        other_book=factories.book(seller, words="Сад над рекой", unseen="Лиза"),
        chapter=chapter,
        passage=passage,
        sheet=sheet,
        car_series=car_series,
        vehicle=car_series.vehicle,
        token=ApiToken.objects.get_or_create(
            prefix=f"{seller.pk:08x}", defaults={"user": person, "name": "Чужой склад", "scopes": ["view"]}
        )[0],
        membership=Membership.objects.get_or_create(
            user=person, seller=seller, defaults={"role": "read_only"}
        )[0],
        invitation=invitation.invitation,
        invitation_secret=invitation.secret,
        call=asked,
        plan=Plan.objects.get_or_create(name="Малый", defaults={"limits": {"describe": {"day": 50}}})[0],
        price=PriceOverride.objects.get_or_create(
            model="gpu-1:qwen", defaults={"input": "0.1", "output": "0.4"}
        )[0],
        repetition=enqueue("engine.repeat", {"call_id": str(asked.pk), "user_id": None}, seller_id=seller.pk),
    )


def looked_at(seller: Seller) -> Source:
    source = Source.objects.create(
        seller=seller, kind="page", name="Поставщик 7310", address="https://supplier.example/p/7310"
    )
    reason = {"id": "7310", "reason": "the row has no title", "values": {}, "is_warning": False}
    Look.objects.create(source=source, state="done", read=2, created=1, broken=1, remarks=[reason])
    return source


def draft_of(seller: Seller) -> Import:
    """A price list that was looked at and not begun."""
    file = io.BytesIO("Артикул;Название\n7;Кружка\n".encode())
    return preparing.draft(seller, file=file, file_name="price.csv")


def held_back(seller: Seller, product: Product) -> Push:
    """A card that was changed at the marketplace since it was pushed."""
    run = PushRun.objects.create(
        seller=seller, connection=connected(seller), language="ru", state=PushRunState.DRAFT
    )
    return Push.objects.create(
        seller=seller, run=run, product=product, connection=run.connection, article=product.external_id,
        wanted={"title": "Платье из витрины"}, before={"title": "Платье из кабинета 7307"}, stood={"title": "Платье из кабинета 7307"}, state=PushState.HELD,
        problems=[planning.changed_problem()],
    )  # fmt: skip


def placed(seller: Seller, product: Product) -> Place:
    leaf, _is_new = Category.objects.get_or_create(
        tree="wildberries", external_id="69", defaults={
            "name": "Платья", "path": "Одежда > Платья",
            "attribute_schema": [{"key": "5", "name": "Состав", "kind": "text", "required": True, "most": 0}],
        },
    )  # fmt: skip
    said = {"name": "Состав", "values": [{"id": "", "text": "Вискоза 7308"}], "is_number": False, "state": "doubtful",
            "evidence": {"name": "Материал", "value": "Вискоза 7308"}}  # fmt: skip
    return Place.objects.create(
        seller=seller,
        product=product,
        tree="wildberries",
        category=leaf,
        confidence=0.7,
        values={"5": said},
        doubtful=1,
    )


def connected(seller: Seller) -> Connection:
    """A marketplace with one of each: a channel that is open, one that a plan and one that a right is missing for."""
    connection, _is_new = Connection.objects.get_or_create(seller=seller, platform="wildberries")
    connection.credentials = opening.sealed(connection, {"token": "wb-token-of-the-world"})
    connection.shown, connection.name = {"token": "…orld"}, f"Лавка {seller.name}"
    connection.access = {
        "review": {"state": "open", "needs": ""},
        "question": {"state": "needs_plan", "needs": "Premium Plus"},
        "chat": {"state": "needs_right", "needs": "Buyers chat"},
    }
    connection.probed_at, connection.expires_at = timezone.now(), timezone.now() + timedelta(days=9)
    connection.trouble, connection.trouble_kind = "The marketplace said: later.", "unavailable"
    connection.save()
    return connection


def drawn(seller: Seller) -> CarSeries:
    """A series of a car with a photo: an angle drawn twice, one that failed, one that waits."""
    vehicle = changing.create(
        seller,
        by=None,
        brand="Рено",
        model="Клио 7341",
        year=2021,
        color="синий",
        body_type="хэтчбек",
        details="люк",
    )
    photo = io.BytesIO()
    Image.new("RGB", (320, 240), "navy").save(photo, "JPEG")
    photos.put(vehicle, photo.getvalue(), by=None)
    series = begin_series(
        seller,
        recipe=Recipe.CAR_ANGLE,
        subject=vehicle.subject,
        session=f"CAR-{vehicle.pk:08X}",
        title=str(vehicle),
    )
    one = CarSeries.objects.create(
        series=series,
        vehicle=vehicle,
        angles=["three_quarter_front", "front", "side", "rear"],
        told=told_of(vehicle),
        frozen=recipe.frozen(car_of(vehicle)),
        following="photo",
    )
    known = {"recipe": "car_angle", "series": series, "subject": vehicle.subject, "title": str(vehicle)}
    for part, colour in (("three_quarter_front", "blue"), ("front", "navy"), ("front", "teal")):
        factories.generated_image(seller, part=part, colour=colour, is_marked=False, **known)
    factories.generated_image(
        seller, part="side", status="failed", reason="The service refused the request.", **known
    )
    factories.generated_image(seller, part="rear", status="queued", **known)
    keep_score(one)
    return one


def written(seller: Seller, product: Product) -> Interaction:
    """A review about a product with a draft, and a chat that was answered and is written in again."""
    connection = connected(seller)
    at = timezone.now() - timedelta(minutes=20)
    pieces = (
        Attachment("молния.jpg", "https://pictures.example/1.jpg"),
        Attachment("чек", "javascript:alert(1)"),
    )
    said = (
        Message(f"m1-{seller.pk}", at, Sender.BUYER, "Есть размер M?"),
        Message(f"m2-{seller.pk}", at + timedelta(minutes=1), Sender.SELLER, "Здравствуйте! Да, есть."),
        Message(f"m3-{seller.pk}", at + timedelta(minutes=2), Sender.BUYER, "А синий?", pieces),
    )
    receive(
        connection,
        [
            Seen(
                Kind.REVIEW, f"r-{seller.pk}", at, True, text="Молния сломалась на второй день, отзыв 7304.", pros="ткань",
                cons="молния", rating=2, buyer="Анна Покупателева", attachments=pieces,
                product=ProductSeen("7304", product.external_id, product.title, "M", "синий"),
            ),
            Seen(Kind.CHAT, f"c-{seller.pk}", at, True, buyer="Пётр Чатов", messages=said),
        ],
    )  # fmt: skip
    review = Interaction.objects.get(seller=seller, kind=Kind.REVIEW.value, external_id=f"r-{seller.pk}")
    Interaction.objects.filter(pk=review.pk).update(priority=2, due_at=at + timedelta(minutes=60))
    text = "Здравствуйте, Анна! Нам жаль, что молния подвела."
    known_now = known(review)
    review.draft = Draft.objects.create(
        interaction=review, seller=seller, version=review.version, input_hash=known_now.input_hash, text=text,
        source="offline", used=known_now.used, notes=["The route of answers leads to no model."],
    )  # fmt: skip
    review.save(update_fields=["draft"])
    Reply.objects.create(
        seller=seller,
        platform=review.platform,
        interaction=review,
        text=text,
        version=1,
        state="failed",
        words="The marketplace said: later.",
    )
    return Interaction.objects.get(pk=review.pk)


def answered(seller: Seller) -> Interaction:
    """A review that was answered."""
    return Interaction.objects.create(
        seller=seller, platform="wildberries", kind=Kind.REVIEW.value, external_id=f"a-{uuid.uuid4().hex}", said_hash="7306",
        occurred_at=timezone.now(), text="Рукав порвался, вопрос 7306.", status="responded", needs_response=False,
    )  # fmt: skip


def told(seller: Seller) -> tuple[Endpoint, Delivery]:
    """An endpoint, and an event that was given up."""
    endpoint = Endpoint.objects.create(
        seller=seller, name="Склад", url=f"https://{seller.slug}.example/hooks", kinds=["export.finished"]
    )
    Endpoint.objects.filter(pk=endpoint.pk).update(secret=sealed(endpoint.pk, "whsec_AAAA"))
    now = timezone.now()
    event = Event.objects.create(
        uid=uuid.uuid4().hex, seller=seller, kind="export.finished", subject="export:7", data={"export": 7}, created_at=now
    )  # fmt: skip
    delivery = Delivery.objects.create(
        event=event, endpoint=endpoint, kind=event.kind, subject=event.subject, line=0, state="given_up", tries=1, failures=1,
        status=500, next_try_at=now, created_at=now, ended_at=now,
    )  # fmt: skip
    Try.objects.create(
        delivery=delivery, number=1, at=now, ended_at=now, status=500, milliseconds=40, answer="сломано"
    )
    return endpoint, delivery
