from __future__ import annotations

from django.urls import path

from vitrina.engine import call_views, plan_views, price_views, provider_views, route_views, runtime_views

MODELS = "settings/models/"

urlpatterns = [
    path(MODELS, route_views.engine_page, name="settings_engine"),
    path(f"{MODELS}known/", provider_views.known_page, name="settings_engine_known"),
    path(f"{MODELS}routes/<slug:name>/", route_views.route_page, name="settings_engine_route"),
    path(f"{MODELS}routes/<slug:name>/reset", route_views.route_reset, name="settings_engine_route_reset"),
    path(f"{MODELS}routes/<slug:name>/trial", route_views.route_trial, name="settings_engine_route_trial"),
    path(
        f"{MODELS}routes/<slug:name>/trials/<int:pk>/",
        route_views.route_trial_part,
        name="settings_engine_route_trial_part",
    ),
    path(f"{MODELS}providers/", provider_views.provider_new, name="settings_engine_provider_new"),
    path(f"{MODELS}providers/<slug:name>/", provider_views.provider_page, name="settings_engine_provider"),
    path(
        f"{MODELS}providers/<slug:name>/key-removal",
        provider_views.key_removal,
        name="settings_engine_key_removal",
    ),
    path(
        f"{MODELS}providers/<slug:name>/forgetting",
        provider_views.forgetting,
        name="settings_engine_forgetting",
    ),
    path(
        f"{MODELS}providers/<slug:name>/models",
        provider_views.models_inquiry,
        name="settings_engine_models_inquiry",
    ),
    path(
        f"{MODELS}providers/<slug:name>/models/<int:pk>/",
        provider_views.models_part,
        name="settings_engine_models_part",
    ),
]

urlpatterns += [
    path("calls/", call_views.calls_page, name="calls"),
    path("calls/export.csv", call_views.calls_csv, name="calls_csv"),
    path("calls/<uuid:pk>/", call_views.call_page, name="call"),
    path("calls/<uuid:pk>/repetition", call_views.call_repetition, name="call_repetition"),
    path(
        "calls/<uuid:pk>/repetitions/<int:job>/", call_views.call_repetition_part, name="call_repetition_part"
    ),
]

urlpatterns += [
    path("settings/prices/", price_views.prices_page, name="settings_prices"),
    path("settings/prices/removal", price_views.price_removal, name="settings_prices_removal"),
    path("settings/plans/", plan_views.plans_page, name="settings_plans"),
    path("settings/plans/new/", plan_views.plan_page, name="settings_plans_new"),
    path("settings/plans/<int:pk>/", plan_views.plan_page, name="settings_plans_plan"),
    path("settings/plans/<int:pk>/deletion", plan_views.plan_deletion, name="settings_plans_deletion"),
    path("settings/usage/", plan_views.usage_page, name="settings_usage"),
    path("settings/runtime/", runtime_views.runtime_page, name="settings_runtime"),
]
