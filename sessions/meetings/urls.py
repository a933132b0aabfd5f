from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/sessions/<int:pk>/", views.session, name="session"),
    path("n/<slug:slug>/sessions/<int:pk>/answer/", views.answer, name="answer"),
    path("n/<slug:slug>/sessions/<int:pk>/join/", views.session_join, name="session_join"),
    path("n/<slug:slug>/sessions/<int:pk>/message/", views.session_message, name="session_message"),
    path("answer/<str:token>/", views.answer_by_mail, name="answer_by_mail"),
    path("meet/<str:token>/", views.join_by_mail, name="join_by_mail"),
]
