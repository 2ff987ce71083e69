from __future__ import annotations

from django.urls import path

from vitrina.console import health, live, product, products, today

urlpatterns = [
    path("", today.today_page, name="today"),
    path("products/", products.products_page, name="products"),
    path("products/selection/enrichment", products.selection_enrichment, name="product_selection_enrichment"),
    path("products/<int:pk>/", product.product_page, name="product"),
    path("products/<int:pk>/runs", product.product_runs, name="product_runs"),
    path("runs/<int:pk>/undoing", product.run_undoing, name="run_undoing"),
    path("runs/<int:pk>/repetition", product.run_repetition, name="run_repetition"),
    path("live", live.live, name="live"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]
