"""Every setting of PeerNet, in one file, from the environment only.

A variable that is missing or wrong stops the start with its name. `.env.example`
explains each of them to an operator.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from peernet import bells

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of place this is ------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)  # invented people, one-press sign-in, /mailbox/
TESTING = env.bool("TESTING", False)
SITE_URL = env.str("SITE_URL").rstrip("/")  # how people reach it, e.g. https://peers.example.org
HTTPS = SITE_URL.startswith("https://")
SECRET_KEY = env.str("SECRET_KEY")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", [SITE_URL.split("://")[-1].split(":")[0]])
OPEN_NETWORKS = env.bool("OPEN_NETWORKS", DEMO)  # may anybody signed in open a network?
OPERATOR = env.str("OPERATOR", "")  # who runs this place: on the pages for help and privacy
CONTACT = env.str("CONTACT", "")  # the address at which they can be reached
# The AGPL asks to offer the running source: point it at your own copy if you change PeerNet.
SOURCE_URL = env.str("SOURCE_URL", "/source/")

WEAK = "insecure" in SECRET_KEY[:20] or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 8
if HTTPS and (DEMO or DEBUG or TESTING or WEAK):
    raise ImproperlyConfigured(
        "SITE_URL starts with https://, so this is a real site: unset DEMO, DEBUG and TESTING, and "
        "give SECRET_KEY a random text of its own of at least 50 characters."
    )

# --- The house: wings go down this list, see tests/test_house_rules.py ----------------------

INSTALLED_APPS = [
    "peernet",
    "evaluation",
    "sessions.apps.SessionsConfig",
    "networks",
    "members",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",  # allauth's lists of devices load it
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",  # passkeys only: MFA_SUPPORTED_TYPES
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "peernet.lib.pages.for_ourselves",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Django masks the CSRF token anew in each answer, so compression gives nothing away.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "members.people.middleware.Reader",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.people.middleware.own_zone",
    "members.access.middleware.remember_device",
    "peernet.lib.pages.private_by_default",
]

ROOT_URLCONF = "peernet.urls"
WSGI_APPLICATION = "peernet.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "peernet.lib.jinja.environment",
            "context_processors": ["peernet.pages.shell.shell"],
        },
    },
    {
        # Only for allauth and other packages' own pages: templates/ is Jinja2 throughout.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "peernet/templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]
FORM_RENDERER = "peernet.lib.forms.Renderer"

# --- Memory and bell -------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
    "ENGINE": "peernet.lib.postgresql",  # Django's own, with a health check that costs nothing
    "ATOMIC_REQUESTS": False,
}
OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
# A database that is cut off without a word is noticed soon, and not only when TCP gives up.
OPTIONS |= {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3}
OPTIONS |= {
    "tcp_user_timeout": 30_000,
    "connect_timeout": env.int("DATABASE_CONNECT_SECONDS", 5, validate=validate.Range(min=2)),
}
# A page gives up before its reader does, and lets go of what it holds. Jobs and commands (a
# migration, a backup) take the time they need. wsgi.py says that this is the web.
WEB_SECONDS = env.int("WEB_STATEMENT_SECONDS", 20, validate=validate.Range(min=0))
if env.bool("IS_WEB", False) and WEB_SECONDS:
    limits = {
        "statement_timeout": WEB_SECONDS,
        "lock_timeout": max(WEB_SECONDS // 2, 1),
        "idle_in_transaction_session_timeout": WEB_SECONDS * 3,
    }
    words = [f"-c {limit}={seconds}s" for limit, seconds in limits.items()]
    OPTIONS["options"] = " ".join([*words, OPTIONS.get("options", "")]).strip()
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        # Shared by all processes: rate limits that live in one process are none.
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.str("CACHE_PREFIX", "peernet"),
        # One that takes connections and says nothing is away, too.
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 3},
    }
}
SESSION_ENGINE = "networks.membership.floor"  # in the database, with who is reading
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_SAVE_EVERY_REQUEST = False

# --- Who people are --------------------------------------------------------------------------

AUTH_USER_MODEL = "members.Person"
AUTHENTICATION_BACKENDS = [
    "networks.membership.door.Door",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "members.people.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_FORMS = {
    "login": "members.people.forms.SignInForm",
    "confirm_login_code": "members.people.forms.CodeForm",
    "confirm_email_verification_code": "members.people.forms.AddressCodeForm",
}
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = ACCOUNT_LOGIN_BY_CODE_FORMAT
ACCOUNT_RATE_LIMITS = {
    # A whole training room may sign in behind one address on the internet.
    "login": "60/m/ip",
    "request_login_code": "60/m/ip,3/m/key,10/h/key",  # key: the email address
    "try_code": "60/m/ip,10/15m/key",  # key: the browser's session
    "login_failed": "60/m/ip,5/5m/key",  # a wrong password; key: the email address
    "passkey": "60/m/ip",  # no secret to guess, but each try costs us a signature
    # What reaches other people; key: who does it.
    **dict.fromkeys(("entry", "call", "link", "come_in"), "10/h/key,30/d/key"),
}
MFA_ADAPTER = "members.people.adapter.Passkeys"
MFA_SUPPORTED_TYPES = ["webauthn"]
# A person has no password until they set one.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"django.contrib.auth.password_validation.{name}Validator",
        "OPTIONS": options,
    }
    for name, options in [
        ("MinimumLength", {"min_length": 12}),
        ("CommonPassword", {}),
        ("UserAttributeSimilarity", {"user_attributes": ("name", "email")}),
    ]
]
# How many of our own proxies stand before us: the limits count the address before them.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 1 if HTTPS else 0)

# --- Words, zones ------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]  # a language joins when its catalogue is in locale/
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # of the process; each person has a zone of their own
KEEP_MONTHS = env.dict("KEEP_MONTHS", {}, subcast_values=int)  # suggested to networks
DEFAULT_ZONE = env.str("DEFAULT_ZONE", "Europe/London")  # for new people and networks

# --- Files -------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "peernet.npm.NpmFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "peernet.lib.whole.WholeFiles",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "peernet.lib.lean.LeanStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
# A list of who was there asks one question for each person in it, of 5,000 at most (lib/files).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["peernet.lib.uploads.Careful"]
MB = 1024 * 1024
FILE_MAX_BYTES = env.int("FILE_MB", 10, validate=validate.Range(min=1, max=100)) * MB
POST_MAX_FILES = env.int("POST_FILES", 10, validate=validate.Range(min=1, max=50))
POST_MAX_BYTES = env.int("POST_FILES_MB", 25, validate=validate.Range(min=1, max=100)) * MB
NETWORK_MAX_BYTES = env.int("NETWORK_FILES_MB", 1000, validate=validate.Range(min=0)) * MB

# --- Mail ----------------------------------------------------------------------------------------

EMAIL_BACKEND = "peernet.lib.smtp.Backend"
EMAIL_HOST = env.str("EMAIL_HOST", "")  # empty: mail is not set up, and a banner says so
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 45  # shorter than a lease; a server that looks closely at mail takes half a minute
# Of a code that somebody waits for: how long the server may be silent, at each word of the talk.
EMAIL_CODE_SECONDS = env.int("EMAIL_CODE_SECONDS", 8, validate=validate.Range(min=1))
MAIL_IS_SET_UP = bool(EMAIL_HOST)
MAIL_FROM = env.str("MAIL_FROM", "peernet@localhost")
DEFAULT_FROM_EMAIL = MAIL_FROM
SERVER_EMAIL = MAIL_FROM
MAILBOX_DIR = VAR_DIR / "mailbox"  # where the demo's mailbox keeps what was sent

# Mechanism 3: kind of notice -> its Kind (still_true, render), in the room that sends it.
NOTICE_KINDS = [
    "members.digest.notices",
    "members.people.notices",
    "members.privacy.notices",
    "networks.membership.notices",
    "networks.invitations.notices",
    "networks.links.notices",
    "networks.archives.notices",
    "networks.joining.notices",
    "networks.succession.notices",
    "networks.funding.notices",
    "networks.discussions.notices",
    "networks.exchange.notices",
    "networks.phone.notices",
    "networks.introductions.notices",
    "networks.charter.notices",
    "networks.consents.notices",
    "networks.handover.notices",
    "sessions.cadence.notices",
    "sessions.meetings.notices",
    "sessions.keeping.notices",
    "evaluation.surveys.notices",
    "peernet.pages.notices",
]
NOTICE_GUARD = "networks.membership.queries.hearing"
# What the weekly mail tells: each gives Items for (person, since, until), in this order.
DIGEST_SECTIONS = [
    "networks.discussions.notices.digest_items",
    "networks.exchange.notices.digest_items",
    "sessions.meetings.queries.digest_items",
]

# Who gave a sign of life without signing in: each gives ids of (moment, people), seen since.
SIGNS_OF_LIFE = ["sessions.meetings.queries.answered_since"]

# What no declaration can lead to (peernet.lib.personal): who gives it to its person, who erases it.
MERGED = ["evaluation.surveys.actions.merged"]  # two accounts become one: (into, old)
OWN_DATA = [
    ("evaluation.surveys.queries.own_answers", "evaluation.surveys.actions.forget"),
    ("networks.archives.queries.own_part", "networks.archives.actions.forget_with"),
]

# --- The bells; which and when: peernet/bells.py -------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # else a worker ends after 50 minutes without
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_BEAT_SCHEDULE = bells.schedule()

# --- What browsers may do ------------------------------------------------------------------------

SELF = ["'self'"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": SELF,
        "style-src": SELF,
        "img-src": ["'self'", "data:"],
        "font-src": SELF,
        "connect-src": SELF,
        "form-action": SELF,
        "manifest-src": SELF,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "peernet.pages.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "peernet.lib.logs.Line"}},  # JSON, without personal data
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "celery": {"level": "WARNING"},  # it tells of every task: megabytes a day
        "fido2": {"level": "WARNING"},  # it names each passkey that signs in
    },
}
