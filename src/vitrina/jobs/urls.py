from __future__ import annotations

from django.urls import path

from vitrina.jobs import views

urlpatterns = [
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/pausing", views.pausing, name="job_pausing"),
    path("jobs/<int:pk>/resumption", views.resumption, name="job_resumption"),
    path("jobs/<int:pk>/cancellation", views.cancellation, name="job_cancellation"),
    path("jobs/<int:pk>/retrial", views.retrial, name="job_retrial"),
    path("jobs/<int:pk>/dropping", views.dropping, name="job_dropping"),
]
