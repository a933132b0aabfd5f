from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/talk/", views.talk, name="talk"),
    path("n/<slug:slug>/talk/new/", views.thread_new, name="thread_new"),
    path("n/<slug:slug>/talk/rooms/new/", views.room_new, name="room_new"),
    path("n/<slug:slug>/talk/rooms/<int:pk>/", views.room, name="room"),
    path("n/<slug:slug>/talk/<int:pk>/", views.thread, name="thread"),
    path("n/<slug:slug>/talk/<int:pk>/follow/", views.thread_follow, name="thread_follow"),
    path("n/<slug:slug>/talk/<int:thread_pk>/posts/<int:pk>/", views.post_edit, name="post_edit"),
    path(
        "n/<slug:slug>/talk/<int:thread_pk>/posts/<int:pk>/delete/",
        views.post_delete,
        name="post_delete",
    ),
    path(
        "n/<slug:slug>/talk/<int:thread_pk>/posts/<int:pk>/restore/",
        views.post_restore,
        name="post_restore",
    ),
    path(
        "n/<slug:slug>/talk/<int:thread_pk>/posts/<int:pk>/unread/",
        views.post_unread,
        name="post_unread",
    ),
]
