from django.urls import path

from . import views

urlpatterns = [path("you/data/", views.data, name="own_data")]
