from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/sessions/", views.sessions, name="sessions"),
    path("n/<slug:slug>/sessions/plan/", views.session_plan, name="session_plan"),
    path("n/<slug:slug>/sessions/<int:pk>/move/", views.session_move, name="session_move"),
    path("n/<slug:slug>/sessions/<int:pk>/cancel/", views.session_cancel, name="session_cancel"),
    path("n/<slug:slug>/sessions/<int:pk>/take-on/", views.session_take_on, name="session_take_on"),
    path("n/<slug:slug>/rhythms/<int:pk>/", views.rhythm, name="rhythm"),
    path("n/<slug:slug>/rhythms/<int:pk>/end/", views.rhythm_end, name="rhythm_end"),
]
