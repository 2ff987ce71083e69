"""What the vector index is made from. The index itself is derived and holds nothing that is not here."""

from __future__ import annotations

import uuid

from django.db import models

from vitrina.accounts.models import Seller


class Document(models.Model):
    """One text that can be found. `sequence` orders the changes; null: changed, not numbered yet.

    Numbers are given after the commit, by whoever reads (`catching_up.number_changes`): a number given inside
    the writer's transaction could become visible after a higher one, and a reader would miss it.
    """

    collection = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    # Null: shared by all sellers.
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+", null=True)
    text = models.TextField()
    payload = models.JSONField(default=dict)
    # Documents of one group (a category and its confirmed products) are also searched as one text; "": none.
    group = models.CharField(max_length=120, default="")
    removed = models.BooleanField(default=False)  # a tombstone: kept, so that every index hears of it
    sequence = models.BigIntegerField(null=True)
    embedded_by = models.CharField(max_length=120, default="")  # the model whose vector is of this very text

    class Meta:
        constraints = [models.UniqueConstraint(fields=["collection", "key"], name="document_once")]
        indexes = [
            models.Index(fields=["collection", "sequence", "id"], name="document_changes"),
            models.Index(fields=["collection", "group"], name="document_group"),
        ]

    def __str__(self) -> str:
        return f"{self.collection}/{self.key}"


class Group(models.Model):
    """A group of documents as one seller sees it: the shared ones and its own. `seller` null: the shared alone.

    Only a mark for the index that its text changed; the text is read from the documents.
    """

    collection = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    seller_key = models.BigIntegerField(default=0)  # 0 is shared: NULL would not be unique
    sequence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collection", "name", "seller_key"], name="group_once")
        ]
        indexes = [models.Index(fields=["collection", "sequence", "id"], name="group_changes")]

    def __str__(self) -> str:
        return f"{self.collection}/{self.name}@{self.seller_key}"


class CollectionState(models.Model):
    """How far the numbering of a collection's changes has come."""

    collection = models.CharField(max_length=40, unique=True)
    # Another database has another epoch: an index that was filled from it starts anew.
    epoch = models.UUIDField(default=uuid.uuid4)
    # Nanoseconds of the clock, but never less than the last one + 1: a number that a rollback took back
    # is never given again.
    last_sequence = models.BigIntegerField(default=0)
    # A server's index is shared: one process at a time brings it up to date.
    lease_owner = models.CharField(max_length=64, default="")
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.collection


class DocumentVector(models.Model):
    """A document's embedding by one model: paid for once, used by every rebuild."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="vectors")
    model = models.CharField(max_length=120)
    size = models.PositiveIntegerField()  # dimensions
    vector = models.BinaryField()  # float32, little-endian

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "model"], name="document_vector_once")]

    def __str__(self) -> str:
        return f"{self.document_id} by {self.model}"
