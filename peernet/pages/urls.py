from django.urls import path

from . import about, closing, linked, log, opening, operate, pausing, shutting, source, views

urlpatterns = [
    path("", views.home, name="home"),
    path("you/close/", closing.account_close, name="account_close"),
    path("networks/new/", opening.network_new, name="network_new"),
    path("n/<slug:slug>/", views.network, name="network"),
    path("n/<slug:slug>/run/", views.run, name="run"),
    path("n/<slug:slug>/sent/", views.what_we_sent, name="sent"),
    path("n/<slug:slug>/log/", log.log, name="log"),
    path("n/<slug:slug>/linked/<int:pk>/", linked.link, name="link"),
    path("n/<slug:slug>/networks/", linked.our_networks, name="our_networks"),
    path("n/<slug:slug>/networks/csv/", linked.our_networks_csv, name="our_networks_csv"),
    path("n/<slug:slug>/close/", shutting.network_close, name="network_close"),
    path("n/<slug:slug>/reopen/", shutting.network_reopen, name="network_reopen"),
    path("n/<slug:slug>/break/", pausing.pause, name="pause"),
    path("n/<slug:slug>/break/end/", pausing.back, name="come_back"),
    path("operate/", operate.operate, name="operate"),
    path("operate/networks/", operate.networks, name="operate_networks"),
    path("operate/networks/<int:pk>/reopen/", shutting.operate_reopen, name="operate_reopen"),
    path("operate/people/", operate.people, name="operate_people"),
    path("operate/mail/", operate.mail, name="operate_mail"),
    path("operate/mail/<int:pk>/retry/", operate.mail_retry, name="operate_mail_retry"),
    path("operate/log/", operate.log, name="operate_log"),
    path("help/", about.help_and_contact, name="help"),
    path("privacy/", about.privacy_notice, name="privacy"),
    path("accessibility/", about.accessibility, name="accessibility"),
    path("robots.txt", about.robots, name="robots"),
    path(".well-known/security.txt", about.security_text, name="security_text"),
    path("source/", source.download, name="source"),
    path("healthz", views.healthz, name="healthz"),
]
