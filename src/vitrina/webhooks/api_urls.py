from __future__ import annotations

from django.urls import path

from vitrina.webhooks import api

urlpatterns = [
    path("webhooks", api.WebhooksDoor.as_view(), name="api_webhooks"),
    path("webhooks/<int:pk>", api.WebhookDoor.as_view(), name="api_webhook"),
    path("webhooks/<int:pk>/secret", api.WebhookSecretDoor.as_view(), name="api_webhook_secret"),
    path("webhooks/<int:pk>/test", api.WebhookTestDoor.as_view(), name="api_webhook_test"),
    path("webhooks/<int:pk>/deliveries", api.WebhookDeliveriesDoor.as_view(), name="api_webhook_deliveries"),
    path("webhooks/deliveries/<int:pk>", api.WebhookDeliveryDoor.as_view(), name="api_webhook_delivery"),
    path(
        "webhooks/deliveries/<int:pk>/redelivery",
        api.WebhookRedeliveryDoor.as_view(),
        name="api_webhook_redelivery",
    ),
]
