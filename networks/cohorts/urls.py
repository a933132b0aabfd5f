from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/cohorts/", views.cohorts, name="cohorts"),
    path("n/<slug:slug>/cohorts/new/", views.cohort_new, name="cohort_new"),
    path("n/<slug:slug>/cohorts/<int:pk>/", views.cohort, name="cohort"),
    path("n/<slug:slug>/cohorts/<int:pk>/edit/", views.cohort_edit, name="cohort_edit"),
    path("n/<slug:slug>/cohorts/<int:pk>/out/", views.cohort_out, name="cohort_out"),
]
