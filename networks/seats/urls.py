from django.urls import path

from . import views

PLACE = "n/<slug:slug>/organisations/<int:pk>"

urlpatterns = [
    path("n/<slug:slug>/organisations/", views.organisations, name="organisations"),
    path(f"{PLACE}/people/", views.seat, name="seat"),
    path(f"{PLACE}/ask/", views.seat_ask, name="seat_ask"),
    path(f"{PLACE}/ask/<int:asked_pk>/", views.seat_asked, name="seat_asked"),
    path(f"{PLACE}/people/<int:held_pk>/", views.holding, name="holding"),
    path(f"{PLACE}/people/<int:held_pk>/end/", views.holding_end, name="holding_end"),
    path(f"{PLACE}/people/<int:held_pk>/resume/", views.holding_resume, name="holding_resume"),
]
