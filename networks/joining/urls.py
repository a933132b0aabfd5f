from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/join/", views.ask, name="ask"),
    path("n/<slug:slug>/requests/", views.requests, name="requests"),
    path("n/<slug:slug>/requests/invited/<int:pk>/", views.answer_invited, name="answer_invited"),
    path("n/<slug:slug>/requests/<int:pk>/", views.conversation, name="request"),
]
