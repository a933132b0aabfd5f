from django.urls import path

from . import views

urlpatterns = [path("you/two-accounts/", views.accounts_merge, name="accounts_merge")]
