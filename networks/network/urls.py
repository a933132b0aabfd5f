from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/settings/", views.network_edit, name="network_edit"),
    path("n/<slug:slug>/charter/", views.charter, name="charter"),
    path("n/<slug:slug>/charter/edit/", views.charter_edit, name="charter_edit"),
]
