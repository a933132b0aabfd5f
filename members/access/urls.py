from django.urls import path

from members.people.adapter import fails_closed

from . import views

sign_in = fails_closed(views.PasswordSignIn.as_view())

urlpatterns = [
    path("accounts/login/password/", sign_in, name="password_sign_in"),
    path("accounts/login/passkey/", views.passkey_sign_in, name="passkey_sign_in"),
    path("accounts/login/passkey/begin/", views.passkey_begin, name="passkey_begin"),
    path("you/addresses/", views.addresses, name="account_email"),
    path("you/addresses/<int:pk>/main/", views.address_main, name="address_main"),
    path("you/addresses/<int:pk>/remove/", views.address_remove, name="address_remove"),
    path("you/sign-in/", views.signing_in, name="signing_in"),
    path("you/sign-in/passkeys/new/", views.passkey_new, name="passkey_new"),
    path("you/sign-in/passkeys/ready/", views.passkey_ready, name="passkey_ready"),
    path("you/sign-in/passkeys/<int:pk>/", views.passkey_rename, name="passkey_rename"),
    path("you/sign-in/passkeys/<int:pk>/remove/", views.passkey_remove, name="passkey_remove"),
    path("you/sign-in/password/", views.password, name="password"),
    path("you/sign-in/password/remove/", views.password_remove, name="password_remove"),
    path("you/confirm/", views.confirm, name="confirm"),
    path("you/confirm/code/", views.confirm_send, name="confirm_send"),
    path("you/devices/", views.devices, name="devices"),
    path("you/devices/<int:pk>/sign-out/", views.device_sign_out, name="device_sign_out"),
    path("you/sign-out-elsewhere/", views.sign_out_elsewhere, name="sign_out_elsewhere"),
]
