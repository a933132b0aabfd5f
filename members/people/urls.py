from django.urls import path

from . import views

urlpatterns = [
    path("you/", views.you, name="you"),
    path("you/profile/", views.profile, name="profile"),
]
