from django.urls import path

from . import views

HERE = "n/<slug:slug>/sessions/<int:pk>/attendance/"

urlpatterns = [
    path(HERE, views.attendance, name="attendance"),
    path(f"{HERE}upload/", views.attendance_upload, name="attendance_upload"),
    path(f"{HERE}missed/", views.attendance_missed, name="attendance_missed"),
    path(f"{HERE}<int:file_pk>/", views.attendance_check, name="attendance_check"),
    path(f"{HERE}<int:file_pk>/remove/", views.attendance_remove, name="attendance_remove"),
]
