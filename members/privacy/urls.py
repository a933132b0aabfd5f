from django.urls import path

from . import views

urlpatterns = [
    path("you/data/", views.data, name="own_data"),
    path("you/data/<int:pk>/", views.archive, name="own_archive"),
]
