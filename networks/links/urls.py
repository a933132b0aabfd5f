from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/linked/", views.links, name="links"),
    path("n/<slug:slug>/linked/new/", views.link_new, name="link_new"),
    path("n/<slug:slug>/linked/<int:pk>/answer/", views.link_answer, name="link_answer"),
    path("n/<slug:slug>/linked/<int:pk>/gives/", views.link_gives, name="link_gives"),
    path("n/<slug:slug>/linked/<int:pk>/end/", views.link_end, name="link_end"),
    path("n/<slug:slug>/made-of/", views.made_of, name="made_of"),
]
