from __future__ import annotations

from django.urls import path

from vitrina.console import (
    health,
    live,
    product,
    product_attributes,
    product_card,
    product_history,
    product_selection,
    products,
    saved_views,
    today,
    welcome,
)

urlpatterns = [
    path("", today.today_page, name="today"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("welcome/skipping", welcome.skipping, name="welcome_skipping"),
    path("welcome/<slug:step>/", welcome.welcome_step, name="welcome_step"),
    path("products/", products.products_page, name="products"),
    path("products/selection/<slug:deed>/", product_selection.selection_page, name="product_selection"),
    path(
        "products/selection/<slug:deed>/start",
        product_selection.selection_start,
        name="product_selection_start",
    ),
    path("products/choices/<slug:what>", products.product_choices, name="product_choices"),
    path("products/views", saved_views.saving, name="view_saving"),
    path("products/views/<int:pk>/default", saved_views.defaulting, name="view_defaulting"),
    path("products/views/<int:pk>/deletion", saved_views.deletion, name="view_deletion"),
    path("products/views/<int:pk>/count", saved_views.view_count, name="view_count"),
    path("products/<int:pk>/", product.product_page, name="product"),
    path("products/<int:pk>/card/<slug:language>/", product_card.product_card, name="product_card"),
    path("products/edits/<int:pk>/", product_history.edit_changes, name="edit_changes"),
    path("products/edits/<int:pk>/undoing", product_history.edit_undoing, name="edit_undoing"),
    path(
        "products/<int:pk>/attributes",
        product_attributes.product_attribute_writing,
        name="product_attribute_writing",
    ),
    path("products/<int:pk>/runs", product.product_runs, name="product_runs"),
    path("runs/<int:pk>/changes", product_history.run_changes, name="run_changes"),
    path("runs/<int:pk>/redoing", product.run_redoing, name="run_redoing"),
    path("runs/<int:pk>/undoing", product.run_undoing, name="run_undoing"),
    path("runs/<int:pk>/repetition", product.run_repetition, name="run_repetition"),
    path("live", live.live, name="live"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
]
