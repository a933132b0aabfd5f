from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/settings/", views.network_edit, name="network_edit"),
]
