"""The collections that Vitrina keeps. The names are also the names of the collections on a Qdrant server."""

from __future__ import annotations

CATEGORIES = "categories"
DESCRIPTION_TEMPLATES = "description_templates"
PRODUCT_VECTORS = "product_vectors"

COLLECTIONS = (CATEGORIES, DESCRIPTION_TEMPLATES, PRODUCT_VECTORS)
