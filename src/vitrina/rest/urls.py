from __future__ import annotations

from django.urls import path

from vitrina.rest import sellers, views

urlpatterns = [
    path("docs", views.docs, name="api_docs"),
    path("v1/openapi.json", views.description, name="api_description"),
    path("v1/sellers", sellers.SellersDoor.as_view(), name="api_sellers"),
    path("v1/sellers/<int:pk>", sellers.SellerDoor.as_view(), name="api_seller"),
]
