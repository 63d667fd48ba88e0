"""Django's settings. HUIKUAN_HOME and HUIKUAN_DATABASE_URL choose data folder and database."""

from __future__ import annotations

import os
from pathlib import Path

from huikuan.mechanisms.store.folder import data_folder
from huikuan.shell.health.watchers import networks, watch_token
from huikuan.shell.home import database, secret_key
from huikuan.shell.logs import log_level, logging_config

ROOT = Path(__file__).parent
HOME = data_folder()

SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("HUIKUAN_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if host]
HTTPS = os.environ.get("HUIKUAN_HTTPS", "") == "1"
#: What links in letters begin with, as those outside reach us: "https://ar.example.com". Empty: as the page was asked.
SITE = os.environ.get("HUIKUAN_SITE", "").rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "huikuan.mechanisms.store",
    "huikuan.mechanisms.audit",
    "huikuan.mechanisms.events",
    "huikuan.mechanisms.files",
    "huikuan.mechanisms.documents",
    "huikuan.mechanisms.jobs",
    "huikuan.mechanisms.identity",
    "huikuan.mechanisms.policies",
    "huikuan.mechanisms.approvals",
    "huikuan.mechanisms.duties",
    "huikuan.mechanisms.work",
    "huikuan.mechanisms.notices",
    "huikuan.mechanisms.pages",
    "huikuan.record.customers",
    "huikuan.record.financials",
    "huikuan.record.contracts",
    "huikuan.record.receivables",
    "huikuan.record.disputes",
    "huikuan.record.promises",
    "huikuan.record.interest",
    "huikuan.record.limitation",
    "huikuan.record.cover",
    "huikuan.record.bills",
    "huikuan.record.banking",
    "huikuan.record.cash",
    "huikuan.judge.rating",
    "huikuan.judge.credit",
    "huikuan.act.planning",
    "huikuan.act.visits",
    "huikuan.act.collection",
    "huikuan.see.cockpit",
    "huikuan.see.statements",
    "huikuan.see.confirmations",
    "huikuan.see.dossiers",
    "huikuan.connect.connectors",
    "huikuan.connect.api",
    "huikuan.shell",
]

MIDDLEWARE = [
    "huikuan.shell.web.tracing.Traces",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    # Before anything asks the database with what stands in a query or a cookie.
    "huikuan.shell.web.doors.PlainAddresses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huikuan.shell.web.doors.Sessions",
    "huikuan.shell.web.doors.Bodies",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "huikuan.shell.web.failures.RefusalPages",
    "huikuan.shell.web.doors.Permissions",
    "huikuan.shell.web.doors.SecondFactors",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "huikuan.shell.urls"
WSGI_APPLICATION = "huikuan.shell.wsgi.application"

#: Contexts with pages of their own; each keeps its templates beside its views.
WEB_SHELVES = (
    "mechanisms/notices",
    "record/customers",
    "record/financials",
    "record/contracts",
    "record/receivables",
    "record/disputes",
    "record/promises",
    "record/interest",
    "record/limitation",
    "record/cover",
    "record/bills",
    "record/banking",
    "record/cash",
    "judge/rating",
    "judge/credit",
    "act/planning",
    "act/visits",
    "act/collection",
    "see/cockpit",
    "see/statements",
    "see/confirmations",
    "see/dossiers",
    "connect/connectors",
    "connect/api",
)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            ROOT / "templates",
            ROOT / "portal/templates",
            *(ROOT.parent / context / "web/templates" for context in WEB_SHELVES),
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huikuan.shell.web.context.frame",
            ],
        },
    },
]

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "shell:login"
LOGIN_REDIRECT_URL = "/"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "huikuan.shell.web.throttling.client_address"
#: Proxies of one's own in front: that many entries at the end of X-Forwarded-For are believed.
PROXIES = int(os.environ.get("HUIKUAN_PROXIES", "0"))
#: Who may read /metrics and the single checks of /health/ready; nobody by default.
WATCHERS = networks(os.environ.get("HUIKUAN_WATCHERS", ""))
WATCH_TOKEN = watch_token(os.environ.get("HUIKUAN_WATCH_TOKEN", ""))
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "huikuan.shell.web.failures.locked_out"
CSRF_FAILURE_VIEW = "huikuan.shell.web.failures.csrf_failed"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = logging_config(log_level())

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
#: A web shelf keeps its words beside its pages; a context, the rest in its own locale folder.
LOCALE_PATHS = [
    ROOT / "locale",
    ROOT / "demo/locale",
    ROOT / "portal/locale",
    *(ROOT.parent / context / "web/locale" for context in WEB_SHELVES),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

#: Calls a minute of one API token in the long run; a fifth of them may come at once.
API_CALLS_PER_MINUTE = max(1, int(os.environ.get("HUIKUAN_API_RATE", "600")))

#: Tests tell a receiver on this machine: http, any port and private addresses are then taken too. Never in use.
WEBHOOKS_LOCAL = os.environ.get("HUIKUAN_WEBHOOKS_LOCAL", "") == "1"

#: The company register that is asked about customers; none unless all three are set.
REGISTRY_URL, REGISTRY_KEY, REGISTRY_SECRET = (
    os.environ.get(f"HUIKUAN_REGISTRY_{name}", "") for name in ("URL", "KEY", "SECRET")
)

STATIC_URL = "static/"
# The built assets lie in the package and are served from there; each address carries the build's version.
STATIC_ROOT = ROOT / "static"
WHITENOISE_MAX_AGE = 30 * 24 * 3600

#: Room for the longest form there is: as many rows as one may have (pages.forms.MOST_ROWS), seven fields each, and
#: what stands around them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# HUIKUAN_HTTPS=1 says that a proxy ends TLS in front and sets X-Forwarded-Proto itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and not host.startswith(("*", "."))]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        # Charts are SVG drawn by the server in attributes: nothing of ours needs an inline style.
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}
