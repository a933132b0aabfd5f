from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/people/", views.people, name="people"),
    path("n/<slug:slug>/people/export/", views.people_export, name="people_export"),
    path("n/<slug:slug>/people/on/", views.people_on, name="people_on"),
    path("n/<slug:slug>/people/on/export/", views.people_on_export, name="people_on_export"),
    path("n/<slug:slug>/people/<int:pk>/", views.person, name="person"),
    path("n/<slug:slug>/people/<int:pk>/role/", views.role, name="role"),
    path("n/<slug:slug>/people/<int:pk>/remove/", views.person_remove, name="person_remove"),
    path("n/<slug:slug>/people/<int:pk>/restore/", views.person_restore, name="person_restore"),
    path("n/<slug:slug>/organisations/<int:pk>/", views.organisation, name="organisation"),
]
