from django.urls import path

from . import views

urlpatterns = [path("programmes/<slug:slug>/", views.programme, name="programme")]
