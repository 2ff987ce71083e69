from __future__ import annotations

from django.urls import path

from vitrina.catalog import api, api_categories, api_exports, api_imports, api_schemas
from vitrina.catalog.pictures import api as picture_api
from vitrina.catalog.pushing import api as api_pushes
from vitrina.catalog.sources import api as api_sources

urlpatterns = [
    path("products", api.ProductsDoor.as_view(), name="api_products"),
    path("products/<int:pk>/similar", api.ProductSimilarDoor.as_view(), name="api_product_similar"),
    path("pictures/<int:pk>/<slug:size>", picture_api.PictureFileDoor.as_view(), name="api_picture_file"),
    path("categories", api_categories.CategoriesDoor.as_view(), name="api_categories"),
    path("categories/<int:pk>", api_categories.CategoryDoor.as_view(), name="api_category"),
    path(
        "categories/<int:pk>/synonyms",
        api_categories.CategorySynonymsDoor.as_view(),
        name="api_category_synonyms",
    ),
    path(
        "categories/<int:pk>/attributes",
        api_schemas.CategoryAttributesDoor.as_view(),
        name="api_category_attributes",
    ),
    path("imports", api_imports.ImportsDoor.as_view(), name="api_imports"),
    path("imports/<int:pk>", api_imports.ImportDoor.as_view(), name="api_import"),
    path("imports/<int:pk>/rows", api_imports.ImportBrokenRowsDoor.as_view(), name="api_import_rows"),
    path("sources", api_sources.SourcesDoor.as_view(), name="api_sources"),
    path("sources/<int:pk>", api_sources.SourceDoor.as_view(), name="api_source"),
    path("sources/<int:pk>/looks", api_sources.SourceLooksDoor.as_view(), name="api_source_looks"),
    path("exports", api_exports.ExportsDoor.as_view(), name="api_exports"),
    path("exports/<int:pk>", api_exports.ExportDoor.as_view(), name="api_export"),
    path("exports/<int:pk>/file", api_exports.ExportFileDoor.as_view(), name="api_export_file"),
    path("exports/<int:pk>/report", api_exports.ExportReportDoor.as_view(), name="api_export_report"),
    path("pushes", api_pushes.PushesDoor.as_view(), name="api_pushes"),
    path("pushes/<int:pk>", api_pushes.PushDoor.as_view(), name="api_push"),
    path("pushes/<int:pk>/cards", api_pushes.PushCardsDoor.as_view(), name="api_push_cards"),
    path("pushes/<int:pk>/beginning", api_pushes.PushBeginningDoor.as_view(), name="api_push_beginning"),
    path("pushes/<int:pk>/ending", api_pushes.PushEndingDoor.as_view(), name="api_push_ending"),
    path(
        "pushes/<int:pk>/cards/<int:card>/overwriting",
        api_pushes.PushOverwritingDoor.as_view(),
        name="api_push_overwriting",
    ),
]
