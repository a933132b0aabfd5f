from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/invitations/", views.invitations, name="invitations"),
    path("n/<slug:slug>/invitations/new/", views.invite, name="invite"),
    path("n/<slug:slug>/invitations/<int:pk>/", views.invitation_edit, name="invitation_edit"),
    path("n/<slug:slug>/invitations/<int:pk>/send/", views.invitation_send, name="invitation_send"),
    path(
        "n/<slug:slug>/invitations/<int:pk>/withdraw/",
        views.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path(
        "n/<slug:slug>/invitations/<int:pk>/restore/",
        views.invitation_restore,
        name="invitation_restore",
    ),
    path("join/<str:token>/", views.join, name="join"),
]
