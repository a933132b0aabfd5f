from django.urls import path

from . import views

urlpatterns = [
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/<int:pk>/discard/", views.draft_discard, name="draft_discard"),
    path("drafts/<int:pk>/restore/", views.draft_restore, name="draft_restore"),
    path("n/<slug:slug>/talk/drafts/", views.draft_save, name="draft_save"),
]
