from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/surveys/", views.surveys, name="surveys"),
    path("n/<slug:slug>/surveys/new/", views.survey_new, name="survey_new"),
    path("n/<slug:slug>/surveys/<int:pk>/", views.survey, name="survey"),
    path("n/<slug:slug>/surveys/<int:pk>/edit/", views.survey_edit, name="survey_edit"),
    path("n/<slug:slug>/surveys/<int:pk>/discard/", views.survey_discard, name="survey_discard"),
    path(
        "n/<slug:slug>/surveys/<int:pk>/preview/<int:number>/",
        views.survey_preview,
        name="survey_preview",
    ),
    path("n/<slug:slug>/surveys/<int:pk>/launch/", views.survey_launch, name="survey_launch"),
    path("n/<slug:slug>/surveys/<int:pk>/end/", views.survey_end, name="survey_end"),
    path("n/<slug:slug>/surveys/<int:pk>/rounds/<int:number>/", views.results, name="survey_round"),
    path(
        "n/<slug:slug>/surveys/<int:pk>/rounds/<int:number>/csv/",
        views.results_csv,
        name="survey_csv",
    ),
    path(
        "n/<slug:slug>/surveys/<int:pk>/rounds/<int:number>/close/",
        views.survey_close,
        name="survey_close",
    ),
    path(
        "n/<slug:slug>/surveys/<int:pk>/rounds/<int:number>/take-back/",
        views.survey_take_back,
        name="survey_take_back",
    ),
    path("n/<slug:slug>/surveys/answer/<int:pk>/", views.survey_answer, name="survey_answer"),
    path("survey/<str:token>/", views.survey_by_mail, name="survey_by_mail"),
    path("survey/<str:token>/send/", views.survey_send, name="survey_send"),
    path("survey/<str:token>/stop/", views.survey_stop, name="survey_stop"),
    path("survey/<str:token>/<int:number>/", views.survey_question, name="survey_question"),
]
