from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/talk/rooms/<int:pk>/history/", views.room_history, name="room_history"),
    path("n/<slug:slug>/talk/<int:pk>/rename/", views.thread_rename, name="thread_rename"),
    path("n/<slug:slug>/talk/<int:pk>/move/", views.thread_move, name="thread_move"),
    path("n/<slug:slug>/talk/<int:pk>/close/", views.thread_close, name="thread_close"),
    path("n/<slug:slug>/talk/<int:pk>/reopen/", views.thread_reopen, name="thread_reopen"),
    path("n/<slug:slug>/talk/<int:pk>/pin/", views.thread_pin, name="thread_pin"),
    path("n/<slug:slug>/talk/<int:pk>/unpin/", views.thread_unpin, name="thread_unpin"),
]
