from django.urls import path

from . import source, views

urlpatterns = [
    path("", views.home, name="home"),
    path("source/", source.download, name="source"),
    path("healthz", views.healthz, name="healthz"),
]
