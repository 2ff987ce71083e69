"""The collections that Vitrina keeps. The names are also the names of the collections on a Qdrant server."""

from __future__ import annotations

CATEGORIES = "categories"
DESCRIPTION_TEMPLATES = "description_templates"
PRODUCT_VECTORS = "product_vectors"
ANSWERS = "answers"

COLLECTIONS = (CATEGORIES, DESCRIPTION_TEMPLATES, PRODUCT_VECTORS, ANSWERS)

# What queries filter by, with its kind: without an index of its own a server or engine reads every hit's payload
# (measured: 5.0 against 2.0 ms of CPU per query over 1 100 groups).
FILTERED = {
    "seller": "integer",
    "kind": "keyword",
    "tree": "keyword",
    "is_leaf": "integer",
    "language": "keyword",
}
