"""The catalogue: products with their category, brand, texts and pictures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right

PATH_SEPARATOR = " > "


class Category(models.Model):
    """A place in a tree. `path` is the whole way from the root: «Женская одежда > Платья > Вечерние платья».

    `tree` names the tree a category belongs to: the shop's own is "" (of one seller, or shared when
    `seller` is null); marketplaces' trees are "wildberries", "ozon", "yandex" …
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="categories", null=True, blank=True)
    tree = models.CharField(_("tree"), max_length=40, blank=True, default="")
    external_id = models.CharField(_("external id"), max_length=120)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, related_name="children", null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True, default="")
    path = models.CharField(_("path"), max_length=1000, db_index=True)
    # Other words that buyers and suppliers use for it: the biggest lever of categorisation.
    synonyms = models.JSONField(_("synonyms"), default=list, blank=True)
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


class ProductQuerySet(models.QuerySet["Product"]):
    def reachable_by(self, user: Any, right: Right = Right.VIEW) -> ProductQuerySet:
        return self.filter(seller__in=Seller.objects.reachable_by(user, right))


class Product(models.Model):
    """One listing of a seller as it came in, and where its finished texts hang.

    The supplier's words (`title`, `description`, `attributes`) are never overwritten by ours: finished
    text lives in ProductContent, extracted attributes in `ai_extracted`.
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="products")
    external_id = models.CharField(_("external id"), max_length=200)
    title = models.CharField(_("supplier's title"), max_length=1000)
    description = models.TextField(_("supplier's description"), blank=True, default="")
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, related_name="products", null=True, blank=True)
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

    category = models.ForeignKey(Category, on_delete=models.SET_NULL, related_name="products", null=True, blank=True)
    # Who put the category there: "" nobody, "source", "ai", "person".
    category_source = models.CharField(max_length=16, blank=True, default="")
    category_confidence = models.FloatField(_("confidence"), null=True, blank=True)
    # {"attributes": {name: {"value", "unit", "evidence"}}, "at": ISO time, "log_id": int}
    ai_extracted = models.JSONField(_("extracted"), default=dict, blank=True)

    content_hash = models.CharField(max_length=64)  # of the listing as it came in: unchanged means skip
    version = models.PositiveIntegerField(default=1)  # + 1 with every change of the listing or of its card
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "external_id"], name="product_once_per_seller")]
        indexes = [
            models.Index(fields=["seller", "-id"], name="product_list_of_seller"),
            models.Index(fields=["seller", "category", "-id"], name="product_by_category"),
        ]
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.title


class ProductImage(models.Model):
    """A picture of a product. The URL is kept as it came; the bytes are fetched by a later step."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="images")
    url = models.CharField(max_length=2000)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "url"], name="image_once_per_product")]
        ordering = ["position", "pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.url


class ProductContent(models.Model):
    """The text of one product in one language.

    `author` says whose words these are: "ai" may be replaced by a later run, "person" never without force.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="contents")
    language = models.CharField(_("language"), max_length=8)
    title = models.CharField(_("title"), max_length=255, blank=True, default="")
    description = models.TextField(_("description (HTML)"), blank=True, default="")
    short_description = models.TextField(_("short description"), blank=True, default="")
    seo_title = models.CharField(_("SEO title"), max_length=70, blank=True, default="")
    seo_description = models.CharField(_("SEO description"), max_length=160, blank=True, default="")
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    key_benefits = models.JSONField(_("key benefits"), default=list, blank=True)
    author = models.CharField(_("author"), max_length=16, default="ai")
    source = models.CharField(_("made by"), max_length=120, blank=True, default="")  # "offline", "openai:gpt-4o-mini"
    # The run the text came from, by id: a log may be cleaned up only when no text points to it.
    log_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "language"], name="content_once_per_language")]
        verbose_name = _("content")
        verbose_name_plural = _("contents")

    def __str__(self) -> str:
        return self.title or f"{self.product_id}/{self.language}"


class Import(models.Model):
    """One reading of one feed: what came in, what was new, what was broken and why.

    waiting → running → done | failed | cancelled
    """

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="imports")
    source = models.CharField(_("source"), max_length=2000)  # a URL, or the stored name of an uploaded file
    file_name = models.CharField(_("file name"), max_length=255, blank=True, default="")
    format = models.CharField(_("format"), max_length=20, blank=True, default="")  # "" = recognised from the content
    options = models.JSONField(default=dict, blank=True)  # column mapping, encoding, enrich after import …
    state = models.CharField(_("state"), max_length=16, default="waiting")
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    broken = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name or self.source


class BrokenRow(models.Model):
    """A row of a feed that could not become a product: where it stands and why, in the reader's words."""

    import_run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="broken_rows")
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField()
    raw = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["line", "pk"]
        verbose_name = _("broken row")
        verbose_name_plural = _("broken rows")

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
