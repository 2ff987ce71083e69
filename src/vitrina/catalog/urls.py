from __future__ import annotations

from django.urls import path

from vitrina.catalog import views

urlpatterns = [
    path("imports/", views.imports_page, name="imports"),
    path("imports/<int:pk>/", views.import_page, name="import"),
    path("imports/<int:pk>/rows.csv", views.import_broken_rows, name="import_broken_rows"),
    path("exports/", views.exports_page, name="exports"),
    path("exports/<int:pk>/", views.export_page, name="export"),
    path("exports/<int:pk>/file", views.export_file, name="export_file"),
    path("exports/<int:pk>/report", views.export_report, name="export_report"),
    path("categories/", views.categories_page, name="categories"),
    path("categories/<int:pk>/", views.category_page, name="category"),
    path("categories/<int:pk>/synonyms", views.category_synonyms, name="category_synonyms"),
]
