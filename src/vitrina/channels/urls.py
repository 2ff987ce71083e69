from __future__ import annotations

from django.urls import path

from vitrina.channels import views

urlpatterns = [
    path("settings/marketplaces/", views.connections_page, name="settings_channels"),
    path("settings/marketplaces/new", views.new_page, name="settings_channels_new"),
    path("settings/marketplaces/<int:pk>/", views.connection_page, name="settings_channels_connection"),
    path(
        "settings/marketplaces/<int:pk>/credentials",
        views.credentials_page,
        name="settings_channels_credentials",
    ),
    path("settings/marketplaces/<int:pk>/probe", views.probing, name="settings_channels_probe"),
    path("settings/marketplaces/<int:pk>/switching", views.switching, name="settings_channels_switching"),
    path("settings/marketplaces/<int:pk>/removal", views.removal, name="settings_channels_removal"),
]
