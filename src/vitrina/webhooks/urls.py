from __future__ import annotations

from django.urls import path

from vitrina.webhooks import views

urlpatterns = [
    path("settings/webhooks/", views.webhooks_page, name="settings_webhooks"),
    path("settings/webhooks/new", views.new_page, name="settings_webhooks_new"),
    path("settings/webhooks/<int:pk>/", views.endpoint_page, name="settings_webhooks_endpoint"),
    path("settings/webhooks/<int:pk>/change", views.change_page, name="settings_webhooks_change"),
    path("settings/webhooks/<int:pk>/switching", views.switching, name="settings_webhooks_switching"),
    path("settings/webhooks/<int:pk>/secret", views.new_secret, name="settings_webhooks_secret"),
    path("settings/webhooks/<int:pk>/test", views.testing, name="settings_webhooks_test"),
    path("settings/webhooks/<int:pk>/removal", views.removal, name="settings_webhooks_removal"),
    path("settings/webhooks/deliveries/<int:pk>/", views.delivery_page, name="settings_webhooks_delivery"),
    path(
        "settings/webhooks/deliveries/<int:pk>/redelivery",
        views.redelivery,
        name="settings_webhooks_redelivery",
    ),
]
