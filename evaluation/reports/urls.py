from django.urls import path

from . import views

urlpatterns = [
    path("programmes/<slug:slug>/", views.programme, name="programme"),
    path(
        "programmes/<slug:slug>/tables/<slug:table>/", views.programme_table, name="programme_table"
    ),
    path("n/<slug:slug>/funder-view/", views.shared_figures, name="shared_figures"),
    path("n/<slug:slug>/figures/", views.network_figures, name="network_figures"),
]
