"""Django's way to a mail server, which also tells when nobody knows whether a letter was taken."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class Unanswered(smtplib.SMTPException):
    """The server got the whole letter, and did not say what it did with it."""


class _Telling:
    """What is different of smtplib's two classes."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            raise
        except OSError as broken:  # hung up, or silent for settings.EMAIL_TIMEOUT
            raise Unanswered(type(broken).__name__) from broken


class Plain(_Telling, smtplib.SMTP):
    pass


class Encrypted(_Telling, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """Raises Unanswered beside what Django's own raises."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Encrypted if self.use_ssl else Plain
