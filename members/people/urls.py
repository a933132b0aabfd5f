from django.urls import path

from . import views

urlpatterns = [
    path("you/", views.you, name="you"),
    path("you/sign-out-elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
]
