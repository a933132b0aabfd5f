from django.urls import path

from . import views

SESSION = "n/<slug:slug>/sessions/<int:pk>/"

urlpatterns = [
    path(SESSION + "notes/", views.session_notes, name="session_notes"),
    path(SESSION + "agreed/new/", views.agreed_new, name="agreed_new"),
    path(SESSION + "agreed/<int:agreed_pk>/", views.agreed_edit, name="agreed_edit"),
    path(SESSION + "agreed/<int:agreed_pk>/settle/", views.agreed_settle, name="agreed_settle"),
]
