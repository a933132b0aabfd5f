from django.urls import path

from . import views

urlpatterns = [path("n/<slug:slug>/keeping/", views.keeping, name="keeping")]
