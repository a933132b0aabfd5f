from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/archive/", views.network_archive, name="network_archive"),
    path(
        "n/<slug:slug>/archive/<int:pk>/", views.network_archive_file, name="network_archive_file"
    ),
    path("n/<slug:slug>/sealed/", views.sealed, name="sealed"),
    path("n/<slug:slug>/sealed/<int:pk>/key/", views.sealed_key, name="sealed_key"),
]
