from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/introductions/", views.introductions, name="introductions"),
    path("n/<slug:slug>/introductions/<int:pk>/", views.introduction_answer, name="introduced"),
]
