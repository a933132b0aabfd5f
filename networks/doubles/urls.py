from django.urls import path

from . import views

urlpatterns = [
    path("organisations/doubles/", views.doubles, name="doubles"),
    path("organisations/doubles/<int:pk>/<int:other_pk>/", views.double, name="double"),
]
