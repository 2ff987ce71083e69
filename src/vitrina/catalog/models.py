"""The catalogue: products with their category, brand, texts and pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller, of_sellers
from vitrina.accounts.roles import Right
from vitrina.catalog.duplicates.models import DuplicatePair  # noqa: F401 - Django looks for a room's models here
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.catalog.places.models import Place, TreeReading  # noqa: F401 - as well
from vitrina.catalog.pushing.models import Push, PushRun  # noqa: F401 - Django looks for a room's models here
from vitrina.catalog.sources.models import Look, Source, SourcePage  # noqa: F401 - Django looks for a room's models here
from vitrina.catalog.word_index import WordIndex
from vitrina.lib.choices import words_of

PATH_SEPARATOR = " > "


class Category(models.Model):
    """A place in a tree. `path` is the whole way from the root: «Женская одежда > Платья > Вечерние платья».

    `tree` names the tree a category belongs to: the shop's own is "" (of one seller, or shared when
    `seller` is null); marketplaces' trees are "wildberries", "ozon", "yandex" …
    """

    seller = models.ForeignKey(
        Seller, on_delete=models.CASCADE, related_name="categories", null=True, blank=True
    )
    tree = models.CharField(_("tree"), max_length=40, blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="children", null=True, blank=True
    )
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True, default="")
    path = models.CharField(_("path"), max_length=1000, db_index=True)
    # Other words that buyers and suppliers use for it: the biggest lever of categorisation.
    synonyms = models.JSONField(_("synonyms"), default=list, blank=True)
    # What the last sync brought, {"name", "name_en", "synonyms"}: where a field differs from it, a person
    # changed the field, and the next sync leaves it alone.
    synced = models.JSONField(default=dict, blank=True)
    # The attributes its products have: [{"name", "kind": "text|number|choice|boolean", "unit", "choices", "required"}]
    attribute_schema = models.JSONField(_("attributes"), default=list, blank=True)
    is_leaf = models.BooleanField(_("leaf"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        constraints = [
            # Coalesce, because NULL never equals NULL and SQLite has no NULLS NOT DISTINCT.
            models.UniqueConstraint(
                Coalesce("seller", 0), "tree", "external_id", name="category_once_per_tree"
            )
        ]
        ordering = ["path", "pk"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        """Refuse a parent that stands below this category. Costs a query for every level above."""
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError({"parent": gettext("A category can't stand below itself.")})
            above = above.parent

    @property
    def depth(self) -> int:
        """1 for a root."""
        return self.path.count(PATH_SEPARATOR) + 1


class Brand(models.Model):
    name = models.CharField(_("name"), max_length=200)
    # Lower case, ё→е, without signs: «Dr. Jart+» and «DR.JART» are one brand.
    key = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.name


# What `facts` and a run read of a product, and of what it belongs to.
LISTING = (
    "external_id", "title", "description", "price", "currency", "supplier", "source_url", "attributes", "category_hint",
    "barcode", "created_at", "content_hash", "version", "brand__name", "category__path",
    "seller__name", "seller__language", "seller__currency", "seller__target",
)  # fmt: skip


class ProductQuerySet(models.QuerySet["Product"]):
    def listings(self) -> ProductQuerySet:
        """Only what a run reads, in two queries; a tree's synonyms and old texts stay where they are."""
        shown = models.Prefetch("images", ProductImage.objects.select_related("picture"))
        return self.select_related("seller", "brand", "category").only(*LISTING).prefetch_related(shown)

    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ProductQuerySet:
        return of_sellers(self, user, right)


class Product(models.Model):
    """One listing of a seller as it came in, and where its finished texts hang.

    The supplier's words (`title`, `description`, `attributes`) are never overwritten by ours: finished
    text lives in ProductContent, extracted attributes in `ai_extracted`.
    """

    # Where another index begins with the same column, a foreign key has none of its own: every run would write it.
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="products", db_index=False)
    external_id = models.CharField(_("external id"), max_length=200)
    title = models.CharField(_("supplier's title"), max_length=1000)
    # Folded title, external id, brand and barcode (`search.search_text`). It stands before the description:
    # SQLite reads a row from its front, and a scan that stops here never touches the long text's pages.
    search_text = models.TextField(editable=False, blank=True, default="")
    description = models.TextField(_("supplier's description"), blank=True, default="")
    brand = models.ForeignKey(
        Brand, on_delete=models.SET_NULL, related_name="products", null=True, blank=True, db_index=False
    )
    # Unknown is null, never zero.
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    old_price = models.DecimalField(_("old price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    supplier = models.CharField(_("supplier"), max_length=200, blank=True, default="")
    source_url = models.CharField(_("source URL"), max_length=2000, blank=True, default="")
    # As the source names them: {"Материал": "хлопок", "Вес, г": "250"}
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    category_hint = models.CharField(_("category at the source"), max_length=1000, blank=True, default="")
    barcode = models.CharField(_("barcode"), max_length=64, blank=True, default="")
    is_available = models.BooleanField(_("available"), null=True)

    category = models.ForeignKey(
        Category, on_delete=models.SET_NULL, related_name="products", null=True, blank=True, db_index=False
    )
    # Who put the category there: "" nobody, "source", "ai", "person".
    category_source = models.CharField(max_length=16, blank=True, default="")
    category_confidence = models.FloatField(_("confidence"), null=True, blank=True)
    # {"attributes": {name: {"value", "unit", "evidence"}}, "at": ISO time, "log_id": int}
    ai_extracted = models.JSONField(_("extracted"), default=dict, blank=True)

    content_hash = models.CharField(max_length=64)  # of the listing as it came in: unchanged means skip
    version = models.PositiveIntegerField(default=1)  # + 1 with every change of the listing or of its card
    # The imports that saw and that last changed it, by id. Plain numbers: an index on what every import rewrites
    # would cost more than the rare question "what vanished?" is worth.
    seen_in = models.BigIntegerField(null=True, blank=True, editable=False)
    changed_in = models.BigIntegerField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "external_id"], name="product_once_per_seller")
        ]
        indexes = [
            # The lists of products. What they are filtered by and has no index of its own stands in this one, so that what
            # is rare, or not there at all, among 100 000 products is found without touching the rows.
            models.Index(
                fields=[
                    "seller",
                    "id",
                    "category",
                    "category_source",
                    "category_confidence",
                    "is_available",
                    "changed_in",
                    "updated_at",
                ],
                name="product_list_of_seller",
            ),
            # search.py: products by their words
            WordIndex(fields=["seller", "id", "search_text"], name="product_by_words"),
            # search.py `by_code`
            models.Index(fields=["external_id"], name="product_by_external_id"),
            models.Index(fields=["barcode"], name="product_by_barcode"),
            models.Index(fields=["category", "seller", "id"], name="product_by_category"),
            # The products page of one brand
            models.Index(fields=["brand", "seller", "id"], name="product_by_brand"),
            # The products page ordered by the last change, and by the price: from the cheapest, and from the dearest. Of the
            # same price the newest comes first either way, which one index can't say of both; 100 000 alike were sorted.
            models.Index(fields=["seller", "updated_at", "id"], name="product_by_change"),
            models.Index(fields=["seller", "price", "-id"], name="product_by_price"),
            models.Index(fields=["seller", "price", "id"], name="product_by_price_down"),
        ]
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.title


class ImageOrigin(models.TextChoices):
    """Who put a picture at a product."""

    LISTING = "listing", _("from the supplier")
    UPLOAD = "upload", _("uploaded")
    DRAWN = "drawn", _("drawn")


class ShownImages(models.Manager["ProductImage"]):
    """Without those that a person took away."""

    def get_queryset(self) -> models.QuerySet[ProductImage]:
        return super().get_queryset().filter(is_removed=False)


class ProductImage(models.Model):
    """A picture's place at a product: the address as it came, and the stored picture once it was fetched.

    Two addresses of one picture are two rows with one `picture`. `trouble`: why there is none, as a sentence in English
    with its `trouble_values` apart. `url` of what a person added: "vitrina:" and the picture's digest. `position`: as it
    is shown; `listed_at`: its place in the listing where a person changed the order, else None. `is_removed`: taken away
    by a person; the row stays, so that it can be put back and the next listing doesn't bring it again.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images", db_index=False)
    url = models.CharField(max_length=2000)
    position = models.PositiveIntegerField(default=0)
    picture = models.ForeignKey(
        Picture, on_delete=models.PROTECT, related_name="places", null=True, blank=True, editable=False
    )
    state = models.CharField(max_length=10, choices=ImageState, default=ImageState.WAITING, editable=False)
    trouble = models.TextField(blank=True, default="", editable=False)
    trouble_values = models.JSONField(default=dict, blank=True, editable=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the address said of the stored picture, {"etag", "last_modified"}: the next time is asked by it.
    validators = models.JSONField(default=dict, blank=True, editable=False)
    origin = models.CharField(
        max_length=10,
        choices=ImageOrigin,
        default=ImageOrigin.LISTING,
        editable=False,
        db_default=ImageOrigin.LISTING,
    )
    listed_at = models.PositiveIntegerField(null=True, blank=True, editable=False)
    is_removed = models.BooleanField(default=False, editable=False, db_default=False)

    objects = ShownImages()
    every = models.Manager["ProductImage"]()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "url"], name="image_once_per_product")]
        indexes = [
            # pictures/asking.py: what still waits, among millions that don't
            models.Index(
                fields=["product"], condition=models.Q(state=ImageState.WAITING), name="image_that_waits"
            ),
        ]
        ordering = ["position", "pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.url


class ProductContent(models.Model):
    """The text of one product in one language.

    `author` says whose words these are: "ai" may be replaced by a later run, "person" never without force.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="contents", db_index=False)
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=255, blank=True, default="")
    description = models.TextField(_("description (HTML)"), blank=True, default="")
    short_description = models.TextField(_("short description"), blank=True, default="")
    seo_title = models.CharField(_("SEO title"), max_length=70, blank=True, default="")
    seo_description = models.CharField(_("SEO description"), max_length=160, blank=True, default="")
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    key_benefits = models.JSONField(_("key benefits"), default=list, blank=True)
    author = models.CharField(_("author"), max_length=16, default="ai")
    # Which fields hold a person's words; with author "person" and none named, all of them do.
    person_fields = models.JSONField(default=list, blank=True)
    source = models.CharField(
        _("made by"), max_length=120, blank=True, default=""
    )  # "offline", "openai:gpt-4o-mini"
    # The run the text came from, by id: a log may be cleaned up only when no text points to it.
    log_id = models.BigIntegerField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "language"], name="content_once_per_language")
        ]
        indexes = [
            # for taking a person away: what no person touched isn't in it
            models.Index(
                fields=["edited_by"], condition=models.Q(edited_by__isnull=False), name="content_by_editor"
            ),
        ]
        verbose_name = _("content")
        verbose_name_plural = _("contents")

    def __str__(self) -> str:
        return self.title or f"{self.product_id}/{self.language}"


class ListingChange(models.Model):
    """What one intake changed in a listing: {"price": ["1490.00", "1290.00"], …}, before and after."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="listing_changes", db_index=False
    )
    import_id = models.BigIntegerField(null=True, blank=True)  # null: it came through a connector or by hand
    changes = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["product", "id"], name="changes_of_product")]
        verbose_name = _("change of a listing")
        verbose_name_plural = _("changes of listings")

    def __str__(self) -> str:
        return f"{self.product_id}: {', '.join(self.changes)}"


class RunState(models.TextChoices):
    """States of an import or an export."""

    DRAFT = "draft", _("being prepared")
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class ImportQuerySet(models.QuerySet["Import"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ImportQuerySet:
        return of_sellers(self, user, right)


class Import(models.Model):
    """One reading of one feed: what came in, what was new, what was broken and why.

    draft → waiting → running → done | failed | cancelled

    A draft was looked at and not begun; `preview` is what was seen (`preview.Preview`), `trial` what a dry run counted.
    The counters and the position `read` are written in the transaction of each chunk, so a reading that
    was killed goes on behind its last whole chunk.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="imports")
    source = models.CharField(_("source"), max_length=2000)  # a URL, or the name of the file as it was given
    file_name = models.CharField(_("file name"), max_length=255, blank=True, default="")
    # The copy that is read, in the storage; empty until a URL is fetched.
    stored_name = models.CharField(max_length=255, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")  # SHA-256 of the copy
    format = models.CharField(
        _("format"), max_length=20, blank=True, default=""
    )  # "" = recognised from the content
    options = models.JSONField(default=dict, blank=True)  # `importing.ImportOptions`
    # How each column was understood: {"Наименование": "title", "Цвет": "attribute", "SEO title": "left out"}
    columns = models.JSONField(default=dict, blank=True)
    # Sentences about the file as a whole: what was read differently than written.
    remarks = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.WAITING)
    read = models.PositiveIntegerField(_("rows read"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    broken = models.PositiveIntegerField(_("broken"), default=0)
    warnings = models.PositiveIntegerField(_("warnings"), default=0)
    # All broken rows and warnings as CSV, in the storage; the table `BrokenRow` holds the first ones only.
    report_name = models.CharField(max_length=255, blank=True, default="")
    error = models.TextField(blank=True, default="")
    preview = models.JSONField(null=True, blank=True, editable=False)
    trial = models.JSONField(null=True, blank=True, editable=False)
    expected = models.PositiveIntegerField(
        null=True, blank=True, editable=False
    )  # rows, roughly; null: unknown
    # What the feed before it listed and this one doesn't: {"before": import id, "count", "ids": the first ones}
    vanished = models.JSONField(null=True, blank=True, editable=False)
    # The latest of its jobs: fetching, dry run, reading.
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "id"], name="imports_of_seller")]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name or self.source

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(RunState, self.state)


class BrokenRow(models.Model):
    """A row of a feed that could not become a product, or one that did with something left unknown.

    `reason` is a sentence in English with its `values` apart: pages show `sentence`, in the reader's language.
    """

    import_run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="broken_rows")
    line = models.PositiveIntegerField(_("line"))
    external_id = models.CharField(_("external id"), max_length=200, blank=True, default="")
    reason = models.TextField(_("reason"))
    values = models.JSONField(default=dict, blank=True)
    raw = models.TextField(blank=True, default="")
    # The row lives as a product; only what the reason names was left unknown.
    is_warning = models.BooleanField(_("warning"), default=False)

    class Meta:
        indexes = [models.Index(fields=["import_run", "line", "id"], name="broken_rows_of_import")]
        ordering = ["line", "pk"]
        verbose_name = _("broken row")
        verbose_name_plural = _("broken rows")

    def __str__(self) -> str:
        return f"{self.line}: {self.sentence}"

    @property
    def sentence(self) -> str:
        return gettext(self.reason) % self.values if self.values else gettext(self.reason)


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ColumnMappingQuerySet:
        return of_sellers(self, user, right)


class ColumnMapping(models.Model):
    """How a person said the columns of one kind of file are to be read; used again for the same header row."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="column_mappings")
    signature = models.CharField(max_length=64)  # of the folded header row
    columns = models.JSONField(
        _("columns")
    )  # {"Наименование товара": "title", "Склад": ""}: "" leaves it out
    # The file that it was said of, for whoever looks for it in the list.
    source = models.CharField(max_length=2000, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "signature"], name="mapping_once_per_header")
        ]
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")

    def __str__(self) -> str:
        return f"{self.seller_id}: {', '.join(self.columns)}"


class ExportQuerySet(models.QuerySet["Export"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ExportQuerySet:
        return of_sellers(self, user, right)


class Export(models.Model):
    """One writing of finished cards to a file for one target; what was held back stands in the report.

    draft → waiting → running → done | failed | cancelled

    A draft was checked and not written; `checked` says what would go and what not (`checking_cards.Report`).
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="exports")
    target = models.CharField(_("target"), max_length=40)  # a key of data/limits.json
    format = models.CharField(_("format"), max_length=20)  # "csv", "xlsx", "yml", "jsonl"
    language = models.CharField(_("language"), max_length=8)
    options = models.JSONField(default=dict, blank=True)  # `exporting.ExportOptions`
    state = models.CharField(_("state"), max_length=16, choices=RunState, default=RunState.WAITING)
    written = models.PositiveIntegerField(_("written"), default=0)
    held_back = models.PositiveIntegerField(_("held back"), default=0)
    reasons = models.JSONField(_("reasons"), default=dict, blank=True)  # {reason code: number of cards}
    checked = models.JSONField(null=True, blank=True, editable=False)
    # Bytes of the file; stays when the file is let go.
    size = models.PositiveBigIntegerField(null=True, blank=True)
    file_name = models.CharField(max_length=255, blank=True, default="")  # both in the storage
    report_name = models.CharField(max_length=255, blank=True, default="")
    error = models.TextField(blank=True, default="")
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["seller", "id"], name="exports_of_seller")]
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"#{self.pk} {self.target} {self.format}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return words_of(RunState, self.state)


class CurrencyRate(models.Model):
    """What one unit of a currency costs in roubles, as the operator says. It beats the shipped reference rate."""

    code = models.CharField(_("currency"), max_length=3, unique=True)  # ISO 4217
    rubles = models.DecimalField(_("roubles for one unit"), max_digits=16, decimal_places=6)
    note = models.CharField(_("source"), max_length=200, blank=True, default="")
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=models.Q(rubles__gt=0), name="rate_above_zero")]
        verbose_name = _("currency rate")
        verbose_name_plural = _("currency rates")

    def __str__(self) -> str:
        return f"1 {self.code} = {self.rubles} RUB"
