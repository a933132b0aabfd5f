from django.urls import path

from . import views

urlpatterns = [
    path("you/consents/", views.consents, name="consents"),
    path("n/<slug:slug>/consents/", views.network_consents, name="network_consents"),
]
