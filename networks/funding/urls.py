from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/grants/", views.grants, name="grants"),
    path("n/<slug:slug>/grants/new/", views.grant_new, name="grant_new"),
    path("n/<slug:slug>/grants/<int:pk>/", views.grant_edit, name="grant_edit"),
    path("n/<slug:slug>/grants/<int:pk>/sharing/", views.grant_sharing, name="grant_sharing"),
    path("programmes/<slug:slug>/grants/<int:pk>/agree/", views.grant_agree, name="grant_agree"),
    path("programmes/<slug:slug>/people/", views.funder_people, name="funder_people"),
    path(
        "programmes/<slug:slug>/people/<int:pk>/ask/",
        views.funder_person_ask,
        name="funder_person_ask",
    ),
    path(
        "programmes/<slug:slug>/people/<int:pk>/end/",
        views.funder_person_end,
        name="funder_person_end",
    ),
    path("funder-seats/<int:pk>/", views.funder_seat, name="funder_seat"),
]
