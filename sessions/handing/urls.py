from django.urls import path

from . import views

urlpatterns = [
    path(
        "n/<slug:slug>/organisations/<int:pk>/people/<int:held_pk>/hand-over/",
        views.handover_new,
        name="handover_new",
    ),
    path("n/<slug:slug>/handovers/<int:pk>/", views.handover, name="handover"),
]
