"""Only in demo mode: see peernet/urls.py."""

from django.urls import path

from . import views

urlpatterns = [
    path("demo/", views.story, name="demo"),
    path("demo/as/<slug:role>/", views.be, name="demo_as"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<str:key>/", views.mail, name="mailbox_mail"),
    path("mailbox/<str:key>/html/", views.mail_html, name="mailbox_html"),
]
