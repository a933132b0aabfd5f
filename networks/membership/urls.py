from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/leave/", views.leave, name="leave"),
    path("n/<slug:slug>/left/", views.left, name="left"),
    path("n/<slug:slug>/first-steps/away/", views.steps_away, name="steps_away"),
]
