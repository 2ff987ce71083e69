from __future__ import annotations

from django.urls import path

from vitrina.accounts import views

urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("logout/", views.logout_door, name="logout"),
    path("password/", views.password_page, name="password"),
    path("language/", views.language_door, name="language"),
    path("theme/", views.theme_door, name="theme"),
]
