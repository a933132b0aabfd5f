from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/charter/", views.charter, name="charter"),
    path("n/<slug:slug>/charter/edit/", views.charter_edit, name="charter_edit"),
    path("n/<slug:slug>/charter/people/", views.charter_people, name="charter_people"),
]
