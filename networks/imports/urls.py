from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/imports/new/", views.import_new, name="import_new"),
    path("n/<slug:slug>/imports/<int:pk>/", views.import_check, name="import_check"),
    path("n/<slug:slug>/imports/<int:pk>/sheet/", views.import_sheet, name="import_sheet"),
    path("n/<slug:slug>/imports/<int:pk>/apply/", views.import_apply, name="import_apply"),
    path("n/<slug:slug>/imports/<int:pk>/undo/", views.import_undo, name="import_undo"),
    path("n/<slug:slug>/imports/<int:pk>/discard/", views.import_discard, name="import_discard"),
]
