from django.urls import path

from . import views

urlpatterns = [path("figures/<slug:pk>/", views.figure, name="figure")]
