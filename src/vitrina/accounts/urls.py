from __future__ import annotations

from django.urls import path

from vitrina.accounts import (
    account_views,
    audit_views,
    invitation_views,
    people_views,
    security_views,
    sellers_views,
    tokens_views,
    views,
)

urlpatterns = [
    path("login/", views.login_page, name="login"),
    path("login/code", views.login_code_page, name="login_code"),
    path("confirmation/", views.confirmation_page, name="confirmation"),
    path("logout/", views.logout_door, name="logout"),
    path("password/", views.password_page, name="password"),
    path("language/", views.language_door, name="language"),
    path("theme/", views.theme_door, name="theme"),
    path("settings/", account_views.settings_page, name="settings"),
    path("settings/account/", account_views.account_page, name="settings_account"),
    path("settings/security/", security_views.security_page, name="settings_security"),
    path("settings/security/password", security_views.password_door, name="settings_security_password"),
    path("settings/security/two-factor", security_views.two_factor_page, name="settings_security_two_factor"),
    path(
        "settings/security/two-factor/off",
        security_views.two_factor_off_door,
        name="settings_security_two_factor_off",
    ),
    path("settings/security/recovery-codes", security_views.codes_door, name="settings_security_codes"),
    path(
        "settings/security/sessions/<int:pk>/ending",
        security_views.session_ending,
        name="settings_security_session_ending",
    ),
    path(
        "settings/security/sessions/others/ending",
        security_views.other_sessions_ending,
        name="settings_security_other_sessions",
    ),
    path("settings/tokens/", tokens_views.tokens_page, name="settings_tokens"),
    path(
        "settings/tokens/<int:pk>/revocation",
        tokens_views.token_revocation,
        name="settings_tokens_revocation",
    ),
    path("settings/people/", people_views.people_page, name="settings_people"),
    path(
        "settings/people/of/<int:pk>/invitations",
        people_views.invitations_door,
        name="settings_people_invitations",
    ),
    path(
        "settings/people/invitations/<int:pk>/withdrawal",
        people_views.invitation_withdrawal,
        name="settings_people_invitation_withdrawal",
    ),
    path(
        "settings/people/memberships/<int:pk>/role", people_views.membership_role, name="settings_people_role"
    ),
    path(
        "settings/people/memberships/<int:pk>/removal",
        people_views.membership_removal,
        name="settings_people_removal",
    ),
    path("settings/people/everybody/", people_views.everybody_page, name="settings_people_everybody"),
    path("settings/people/<int:pk>/", people_views.person_page, name="settings_people_person"),
    path("settings/people/<int:pk>/activity", people_views.person_activity, name="settings_people_activity"),
    path(
        "settings/people/<int:pk>/superuser", people_views.person_superuser, name="settings_people_superuser"
    ),
    path(
        "settings/people/<int:pk>/two-factor-reset",
        people_views.person_two_factor_reset,
        name="settings_people_two_factor_reset",
    ),
    path(
        "settings/people/<int:pk>/password-link",
        people_views.person_password_link,
        name="settings_people_password_link",
    ),
    path("settings/sellers/", sellers_views.sellers_page, name="settings_sellers"),
    path("settings/sellers/new", sellers_views.new_seller_page, name="settings_sellers_new"),
    path("settings/sellers/<int:pk>/", sellers_views.seller_page, name="settings_sellers_seller"),
    path("invitation/<str:secret>/", invitation_views.invitation_page, name="invitation"),
    path("settings/audit/", audit_views.audit_page, name="settings_audit"),
    path("settings/audit.csv", audit_views.audit_csv, name="settings_audit_csv"),
]
