from __future__ import annotations

from django.urls import path

from vitrina.catalog import (
    category_views,
    duplicate_views,
    export_views,
    import_views,
    schema_views,
    tree_views,
)
from vitrina.catalog.pictures import arranging_views
from vitrina.catalog.pictures import views as picture_views
from vitrina.catalog.pushing import views as push_views
from vitrina.catalog.shots import views as shot_views
from vitrina.catalog.sources import views as source_views

urlpatterns = [
    path("imports/", import_views.imports_page, name="imports"),
    path("imports/<int:pk>/", import_views.import_page, name="import"),
    path("imports/<int:pk>/explanation", import_views.explanation, name="import_explanation"),
    path("imports/<int:pk>/trial", import_views.dry_run, name="import_trial"),
    path("imports/<int:pk>/reading", import_views.reading, name="import_reading"),
    path("imports/<int:pk>/discarding", import_views.discarding, name="import_discarding"),
    path("imports/<int:pk>/repetition", import_views.repetition, name="import_repetition"),
    path("imports/<int:pk>/rows.csv", import_views.broken_rows_csv, name="import_broken_rows"),
    path("imports/<int:pk>/rows.xlsx", import_views.broken_rows_xlsx, name="import_broken_rows_xlsx"),
    path("column-mappings/<int:pk>/forgetting", import_views.forgetting, name="column_mapping_forgetting"),
    path("sources/", source_views.sources_page, name="sources"),
    path("sources/addition", source_views.source_addition, name="source_addition"),
    path("sources/<int:pk>/", source_views.source_page, name="source"),
    path("sources/<int:pk>/change", source_views.source_change, name="source_change"),
    path("sources/<int:pk>/look", source_views.source_look, name="source_look"),
    path("sources/<int:pk>/taking", source_views.source_taking, name="source_taking"),
    path("sources/<int:pk>/switching", source_views.source_switching, name="source_switching"),
    path("sources/<int:pk>/removal", source_views.source_removal, name="source_removal"),
    path("exports/", export_views.exports_page, name="exports"),
    path("exports/<int:pk>/", export_views.export_page, name="export"),
    path("exports/<int:pk>/writing", export_views.writing, name="export_writing"),
    path("exports/<int:pk>/discarding", export_views.discarding, name="export_discarding"),
    path("exports/<int:pk>/repetition", export_views.repetition, name="export_repetition"),
    path("exports/<int:pk>/file", export_views.export_file, name="export_file"),
    path("exports/<int:pk>/report", export_views.export_report, name="export_report"),
    path("pushes/", push_views.pushes_page, name="pushes"),
    path("pushes/<int:pk>/", push_views.push_page, name="push"),
    path("pushes/<int:pk>/beginning", push_views.beginning, name="push_beginning"),
    path("pushes/<int:pk>/ending", push_views.ending, name="push_ending"),
    path("pushes/<int:pk>/cards/<int:card>/overwriting", push_views.overwriting, name="push_overwriting"),
    path(
        "media/products/<int:seller_id>/<slug:digest>/<slug:size>",
        picture_views.picture_file,
        name="picture_file",
    ),
    path("products/<int:pk>/pictures/renewal", picture_views.pictures_renewal, name="pictures_renewal"),
    path(
        "products/<int:pk>/pictures/addition",
        arranging_views.product_picture_addition,
        name="product_picture_addition",
    ),
    path(
        "products/pictures/<int:pk>/removal",
        arranging_views.product_picture_removal,
        name="product_picture_removal",
    ),
    path(
        "products/pictures/<int:pk>/return",
        arranging_views.product_picture_return,
        name="product_picture_return",
    ),
    path(
        "products/pictures/<int:pk>/move", arranging_views.product_picture_move, name="product_picture_move"
    ),
    path(
        "products/pictures/from/<int:image>/",
        arranging_views.product_picture_choice,
        name="product_picture_choice",
    ),
    path("products/<int:pk>/shots", shot_views.product_shots, name="product_shots"),
    path(
        "products/<int:pk>/shots/addition",
        shot_views.product_shot_addition,
        name="product_shot_addition",
    ),
    path("products/<int:pk>/similar", duplicate_views.product_similar, name="product_similar"),
    path("duplicates/", duplicate_views.duplicates_page, name="duplicates"),
    path("duplicates/look", duplicate_views.duplicates_look, name="duplicates_look"),
    path("duplicates/<int:pk>/dismissal", duplicate_views.duplicate_dismissal, name="duplicate_dismissal"),
    path("categories/", category_views.categories_page, name="categories"),
    path("categories/addition", category_views.category_addition, name="category_addition"),
    path("categories/tree", tree_views.tree_page, name="category_tree"),
    path("categories/tree/file", tree_views.tree_download, name="category_tree_file"),
    path("categories/tree/sync", tree_views.tree_sync, name="category_tree_sync"),
    path("categories/<int:pk>/", category_views.category_page, name="category"),
    path("categories/<int:pk>/branch", category_views.category_branch, name="category_branch"),
    path("categories/<int:pk>/attributes/", schema_views.category_attributes, name="category_attributes"),
    path(
        "categories/<int:pk>/attributes/writing",
        schema_views.category_attribute_writing,
        name="category_attribute_writing",
    ),
    path(
        "categories/<int:pk>/attributes/removal",
        schema_views.category_attribute_removal,
        name="category_attribute_removal",
    ),
    path(
        "categories/<int:pk>/attributes/order",
        schema_views.category_attribute_order,
        name="category_attribute_order",
    ),
    path("categories/<int:pk>/synonyms", category_views.category_synonyms, name="category_synonyms"),
    path("categories/<int:pk>/naming", category_views.category_naming, name="category_naming"),
    path("categories/<int:pk>/moving", category_views.category_moving, name="category_moving"),
    path("categories/<int:pk>/merging", category_views.category_merging, name="category_merging"),
    path("categories/<int:pk>/removal", category_views.category_removal, name="category_removal"),
    path("categories/<int:pk>/return", category_views.category_return, name="category_return"),
]
