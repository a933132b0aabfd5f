from django.urls import path

from . import views

urlpatterns = [
    path("you/notifications/", views.notifications, name="notifications"),
    path("n/<slug:slug>/notifications/", views.network_notifications, name="network_notifications"),
    path("mail/<str:token>/", views.settings_by_mail, name="settings_by_mail"),
    path("stop/<str:token>/", views.stop_by_mail, name="stop_by_mail"),
]
