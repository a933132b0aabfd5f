from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/files/<int:pk>/", views.file, name="file"),
    path("n/<slug:slug>/files/<int:pk>/small/", views.file_small, name="file_small"),
]
