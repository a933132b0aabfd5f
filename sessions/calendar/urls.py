from django.urls import path

from . import views

urlpatterns = [
    path("you/calendar/", views.calendar_feeds, name="calendar_feeds"),
    path("calendar/<str:token>.ics", views.calendar_feed, name="calendar_feed"),
    path(
        "n/<slug:slug>/sessions/<int:pk>/session.ics",
        views.session_calendar,
        name="session_calendar",
    ),
    path(
        "answer/<str:token>/session.ics",
        views.session_calendar_by_mail,
        name="session_calendar_by_mail",
    ),
]
