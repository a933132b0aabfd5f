from django.urls import path

from . import views

urlpatterns = [
    path("n/<slug:slug>/phone/", views.phone, name="phone"),
    path("n/<slug:slug>/phone/mine/", views.phone_line, name="phone_line"),
    path("n/<slug:slug>/phone/mine/off/", views.phone_off, name="phone_off"),
    path("n/<slug:slug>/phone/<int:pk>/", views.call_ask, name="call_ask"),
    path("n/<slug:slug>/phone/calls/<int:pk>/agree/", views.call_agree, name="call_agree"),
    path("n/<slug:slug>/phone/calls/<int:pk>/end/", views.call_end, name="call_end"),
]
