from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/map/", views.network_map, name="network_map"),
    path(
        "n/<slug:slug>/organisations/<int:pk>/place/",
        views.organisation_place,
        name="organisation_place",
    ),
]
