from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/talk/mute/", views.talk_mute, name="talk_mute"),
    path("n/<slug:slug>/talk/unmute/", views.talk_unmute, name="talk_unmute"),
    path("n/<slug:slug>/talk/read/", views.talk_read, name="talk_read"),
    path("n/<slug:slug>/talk/unread/", views.talk_unread, name="talk_unread"),
    path("n/<slug:slug>/talk/readers/", views.talk_readers, name="talk_readers"),
    path("n/<slug:slug>/talk/rooms/<int:pk>/mute/", views.room_mute, name="room_mute"),
    path("n/<slug:slug>/talk/rooms/<int:pk>/unmute/", views.room_unmute, name="room_unmute"),
    path("n/<slug:slug>/talk/rooms/<int:pk>/read/", views.room_read, name="room_read"),
    path("n/<slug:slug>/talk/rooms/<int:pk>/readers/", views.room_readers, name="room_readers"),
    path("n/<slug:slug>/talk/<int:pk>/mute/", views.thread_mute, name="thread_mute"),
    path("n/<slug:slug>/talk/<int:pk>/unmute/", views.thread_unmute, name="thread_unmute"),
]
