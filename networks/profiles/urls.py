from django.urls import path

from . import views

urlpatterns = [
    path("you/profile/seen/", views.own_details, name="own_details"),
    path("people/<int:pk>/", views.card, name="card"),
    path("n/<slug:slug>/links/<int:pk>/people/", views.link_people, name="link_people"),
]
