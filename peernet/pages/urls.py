from django.urls import path

from . import closing, opening, source, views

urlpatterns = [
    path("", views.home, name="home"),
    path("you/close/", closing.account_close, name="account_close"),
    path("networks/new/", opening.network_new, name="network_new"),
    path("n/<slug:slug>/", views.network, name="network"),
    path("n/<slug:slug>/run/", views.run, name="run"),
    path("n/<slug:slug>/sent/", views.what_we_sent, name="sent"),
    path("source/", source.download, name="source"),
    path("healthz", views.healthz, name="healthz"),
]
