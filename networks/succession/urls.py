from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/succession/", views.succession, name="succession"),
    path("yes/<str:token>/", views.yes_by_mail, name="yes_by_mail"),
]
