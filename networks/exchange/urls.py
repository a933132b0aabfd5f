from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/ask-me-about/", views.ask_me, name="ask_me"),
    path("n/<slug:slug>/exchange/", views.exchange, name="exchange"),
    path("n/<slug:slug>/exchange/new/", views.entry_new, name="entry_new"),
    path("n/<slug:slug>/exchange/export/", views.exchange_export, name="exchange_export"),
    path("n/<slug:slug>/exchange/<int:pk>/", views.entry, name="entry"),
    path("n/<slug:slug>/exchange/<int:pk>/edit/", views.entry_edit, name="entry_edit"),
    path("n/<slug:slug>/exchange/<int:pk>/in-talk/", views.entry_talk, name="entry_talk"),
    path("n/<slug:slug>/exchange/<int:pk>/keep/", views.entry_keep, name="entry_keep"),
    path("n/<slug:slug>/exchange/<int:pk>/end/", views.entry_end, name="entry_end"),
    path("n/<slug:slug>/exchange/<int:pk>/reopen/", views.entry_reopen, name="entry_reopen"),
    path("n/<slug:slug>/exchange/<int:pk>/named/", views.entry_named, name="entry_named"),
]
