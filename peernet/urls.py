"""Every address of PeerNet, gathered from the rooms."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("peernet.pages.urls")),
    path("accounts/", include("peernet.pages.accounts")),
    path("", include("members.people.urls")),
    path("", include("members.access.urls")),
    path("", include("members.privacy.urls")),
    path("", include("members.merging.urls")),
    path("", include("networks.network.urls")),
    path("", include("networks.charter.urls")),
    path("", include("networks.consents.urls")),
    path("", include("networks.funding.urls")),
    path("", include("networks.seats.urls")),
    path("", include("networks.membership.urls")),
    path("", include("networks.invitations.urls")),
    path("", include("networks.links.urls")),
    path("", include("networks.joining.urls")),
    path("", include("networks.succession.urls")),
    path("", include("networks.preferences.urls")),
    path("", include("networks.discussions.urls")),
    path("", include("networks.cohorts.urls")),
    path("", include("networks.reading.urls")),
    path("", include("networks.hosting.urls")),
    path("", include("networks.drafts.urls")),
    path("", include("networks.files.urls")),
    path("", include("networks.exchange.urls")),
    path("", include("networks.doubles.urls")),
    path("", include("networks.phone.urls")),
    path("", include("networks.introductions.urls")),
    path("", include("networks.profiles.urls")),
    path("", include("networks.directory.urls")),
    path("", include("networks.map.urls")),
    path("", include("networks.search.urls")),
    path("", include("networks.imports.urls")),
    path("", include("networks.archives.urls")),
    path("", include("sessions.cadence.urls")),
    path("", include("sessions.meetings.urls")),
    path("", include("sessions.follow_up.urls")),
    path("", include("sessions.handing.urls")),
    path("", include("sessions.attendance.urls")),
    path("", include("sessions.calendar.urls")),
    path("", include("sessions.keeping.urls")),
    path("", include("evaluation.indicators.urls")),
    path("", include("evaluation.surveys.urls")),
    path("", include("evaluation.reports.urls")),
]

if settings.DEMO:
    urlpatterns += [path("", include("peernet.demo.urls"))]

handler400 = "peernet.pages.views.bad_request"
handler403 = "peernet.pages.views.forbidden"
handler404 = "peernet.pages.views.not_found"
handler500 = "peernet.pages.broken.server_error"
