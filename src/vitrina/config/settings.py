"""Settings, read top to bottom: the environment for the machine, the database for what operators change."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from vitrina.config import environment as env
from vitrina.config.data_folder import kept_secret, prepared
from vitrina.config.picture_origins import picture_origins

# --- Where things are -------------------------------------------------------------------------------------

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = prepared(Path(env.text("VITRINA_DATA_DIR") or "data").resolve())

DEBUG = env.flag("VITRINA_DEBUG", default=False)
SECRET_KEY = env.secret("VITRINA_SECRET_KEY") or kept_secret(DATA_DIR, "SECRET_KEY")
# Earlier ones, while what they sealed and signed is still about: a new SECRET_KEY then loses no stored key.
SECRET_KEY_FALLBACKS = [one for one in (env.secret("VITRINA_SECRET_KEY_FALLBACKS") or "").split(",") if one]
ALLOWED_HOSTS = env.words("VITRINA_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("VITRINA_TRUSTED_ORIGINS")

# --- The rooms, top floor first ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "vitrina.config",
    "vitrina.console",
    "vitrina.books",
    "vitrina.vehicles",
    "vitrina.inbox",
    "vitrina.enrichment",
    "vitrina.catalog",
    "vitrina.imagery",
    "vitrina.retrieval",
    "vitrina.webhooks",
    "vitrina.channels",
    "vitrina.engine",
    "vitrina.jobs",
    "vitrina.rest",
    "vitrina.accounts",
    "rest_framework",
    "drf_spectacular",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "vitrina.console.http_metrics.count_requests",
    "vitrina.console.confinement.confine",
    "django.middleware.security.SecurityMiddleware",
    "vitrina.config.whole_pages.static_files",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vitrina.rest.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "vitrina.console.admin_policy.admin_policy",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "vitrina.config.urls"
ASGI_APPLICATION = "vitrina.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("vitrina.console.written_out.Loader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "vitrina.console.navigation.navigation",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------

DATABASES = {"default": env.database(env.text("DATABASE_URL"), sqlite_path=DATA_DIR / "vitrina.sqlite3")}

REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- People -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Who runs a new installation. Without a password a one-time one is made, printed and kept in a file until it was used.
ADMIN_NAME = env.text("VITRINA_ADMIN_NAME", "admin")
ADMIN_PASSWORD = env.secret("VITRINA_ADMIN_PASSWORD")
# Superusers and sellers' admins come no further than to switching on their second factor.
ADMINS_NEED_TWO_FACTOR = env.flag("VITRINA_ADMINS_NEED_TWO_FACTOR", default=False)
CSRF_FAILURE_VIEW = "vitrina.console.failures.csrf_failure"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- What a browser may do --------------------------------------------------------------------------------

HTTPS = env.flag("VITRINA_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("VITRINA_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Language ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.text("VITRINA_TIME_ZONE", "Europe/Moscow")

# --- The admin ---------------------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Vitrina",
    "SITE_HEADER": "Vitrina",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: "/static/console/mark.svg"}
    ],
}

# --- Files ------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "files"
# Where another server gives out the pictures of MEDIA_ROOT (its folders "products" and "generated" alone) to everybody. Empty: we do, to
# whoever may see them.
PICTURES_URL = env.text("VITRINA_MEDIA_URL")
# Empty: files stay under MEDIA_ROOT. Given: an S3-compatible bucket (Cloudflare R2 or any other).
R2_BUCKET_NAME = env.text("R2_BUCKET_NAME")
R2_ENDPOINT_URL = env.text("R2_ENDPOINT_URL")
R2_ACCESS_KEY_ID = env.secret("R2_ACCESS_KEY_ID")
R2_SECRET_ACCESS_KEY = env.secret("R2_SECRET_ACCESS_KEY")
R2_PUBLIC_URL = env.text("R2_PUBLIC_URL")
CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] += picture_origins(
    R2_PUBLIC_URL if R2_BUCKET_NAME else PICTURES_URL, bucket=R2_BUCKET_NAME, endpoint=R2_ENDPOINT_URL
)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 52_428_800
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- Fetching feeds and pictures --------------------------------------------------------------------------

# Only public addresses are fetched from. A feed on an internal host needs its network named here ("10.1.2.0/24"),
# and its port, if it is not 80, 443, 8080 or 8443.
FETCH_ALLOWED_NETWORKS = env.networks("VITRINA_FETCH_ALLOWED_NETWORKS")
FETCH_ALLOWED_PORTS = env.ports("VITRINA_FETCH_ALLOWED_PORTS")
# Without it the addresses of pictures are kept as they came, and nobody asks for them.
FETCH_PICTURES = env.flag("VITRINA_FETCH_PICTURES", default=True)
# Another address for a marketplace, for a simulator or a proxy of one's own: {"ozon": "http://127.0.0.1:8801"}.
CHANNEL_URLS = env.mapping("VITRINA_CHANNEL_URLS")
# The sample shop of the first run, and simulated marketplaces beside the studio where its buyers write.
SAMPLE_SHOP = env.flag("VITRINA_SAMPLE_SHOP", default=True)
SAMPLE_BUYER_SECONDS = env.number("VITRINA_SAMPLE_BUYER_SECONDS", 240, least=0)

# --- Logs -------------------------------------------------------------------------------------------------

LOGGING_CONFIG = "vitrina.config.logs.configure"
# A terminal is for what a person must know; a file or a collector gets a line per model call.
LOGGING = {
    "level": env.text("VITRINA_LOG_LEVEL") or ("WARNING" if sys.stderr.isatty() else "INFO"),
    "json": None,
}

# --- Jobs -------------------------------------------------------------------------------------------------

# Empty: Celery's memory:// with worker threads inside the web process.
BROKER_URL = env.text("BROKER_URL")
JOB_THREADS = env.integer("CELERY_AI_CONCURRENCY", 32, least=1)
# Processes beside a worker that compute for its threads: one core is the worker's own.
JOB_COMPUTING_PROCESSES = env.integer(
    "VITRINA_JOB_COMPUTING_PROCESSES", min(4, (os.cpu_count() or 1) - 1), least=0
)
CELERY_MODULE = "vitrina.config.celery"
# The broker's queue, or the prefix of everything on a broker that others use too.
JOB_QUEUE = env.text("VITRINA_JOB_QUEUE", "vitrina")
# An answer whose worker died is in doubt; that shows within a minute: lease, sweep and poll together.
JOB_LEASE_SECONDS = env.number("VITRINA_JOB_LEASE_SECONDS", 40, least=0.5)
JOB_RENEW_SECONDS = env.number("VITRINA_JOB_RENEW_SECONDS", 15, least=0.1)
JOB_SWEEP_SECONDS = env.number("VITRINA_JOB_SWEEP_SECONDS", 15, least=0.1)
JOB_POLL_SECONDS = env.number("VITRINA_JOB_POLL_SECONDS", 1, least=0.05)
JOB_STOP_SECONDS = env.number("VITRINA_JOB_STOP_SECONDS", 25, least=0)
JOB_EMBEDDED_STOP_SECONDS = 2.0
# What a marketplace does after its client gave up (30 s) is done by then.
JOB_LOOK_AGAIN_SECONDS = env.number("VITRINA_JOB_LOOK_AGAIN_SECONDS", 30, least=0)
JOB_QUEUE_LIMIT = env.integer("VITRINA_JOB_QUEUE_LIMIT", 10_000, least=1)
JOB_WINDOW = env.integer("VITRINA_JOB_WINDOW", 500, least=2)
JOB_CLAIMS_WITHOUT_END = 3
JOB_KEEP_DAYS = env.integer("VITRINA_JOB_KEEP_DAYS", 14, least=1)

# --- Webhooks ---------------------------------------------------------------------------------------------

# Seconds from one failed try to the next; after the last of them a delivery is given up.
WEBHOOK_WAITS_SECONDS = env.numbers(
    "VITRINA_WEBHOOK_WAITS_SECONDS", "5, 30, 120, 600, 3600, 10800, 43200, 86400"
)
WEBHOOK_KEEP_DAYS = env.integer("VITRINA_WEBHOOK_KEEP_DAYS", 30, least=1)

# --- Money ------------------------------------------------------------------------------------------------

# Roubles per unit, rounded, of 2025: they tell a price of ten roubles from one of a thousand, no more.
# VITRINA_RATES="KZT=0.16,USD=80" replaces single ones. A currency without a rate is unknown, not free.
RUB_PER_UNIT = {
    name: Decimal(rate)
    for name, rate in {
        "RUB": "1", "USD": "80", "EUR": "93", "GBP": "107", "CNY": "11", "JPY": "0.54", "TRY": "1.95",
        "KZT": "0.15", "BYN": "27", "UAH": "1.9", "UZS": "0.0066", "KGS": "0.92", "AMD": "0.21", "GEL": "29",
        "AZN": "47",
    }.items()
} | env.decimals("VITRINA_RATES")  # fmt: skip

# --- The engine -------------------------------------------------------------------------------------------

AI_DEFAULT_LANGUAGE = env.text("AI_DEFAULT_LANGUAGE", "ru")
AI_MAX_IMAGES_PER_PRODUCT = env.integer("AI_MAX_IMAGES_PER_PRODUCT", 3, least=0)
AI_BASE_URL = env.text("AI_BASE_URL")
AI_MODEL = env.text("AI_MODEL")
AI_VISION_MODEL = env.text("AI_VISION_MODEL")
AI_EMBEDDING_MODEL = env.text("AI_EMBEDDING_MODEL")
PROVIDER_KEYS = {
    name: env.secret(variable)
    for name, variable in {
        "openai": "OPENAI_API_KEY",
        "openrouter": "OPENROUTER_API_KEY",
        "deepseek": "DEEPSEEK_API_KEY",
        "gemini": "GEMINI_API_KEY",
        "custom": "VITRINA_AI_KEY",  # for the server at AI_BASE_URL
    }.items()
}
# JSON, each over the house's defaults; shapes and examples stand in docs/engine.md.
AI_PROVIDERS = env.mapping("VITRINA_AI_PROVIDERS")
AI_ROUTES = env.mapping("VITRINA_AI_ROUTES")
AI_RATES = env.mapping("VITRINA_AI_RATES")
AI_PRICES = env.mapping("VITRINA_AI_PRICES")
AI_MONTHLY_BUDGET_USD = env.decimal("VITRINA_MONTHLY_BUDGET_USD")
AI_WARM_UP = env.flag("VITRINA_WARM_UP", default=False)
AI_TRACING = env.flag("VITRINA_TRACING", default=False)
# Deadlines nest: an attempt < a job < the browser < the socket; a system check holds them to it.
AI_JOB_DEADLINE_SECONDS = 90.0
AI_BROWSER_DEADLINE_SECONDS = 100.0
AI_SOCKET_DEADLINE_SECONDS = 120.0
AI_BREAKER = {"faults": 5, "window_seconds": 60.0, "cool_down_seconds": 30.0}

# --- Picture services -------------------------------------------------------------------------------------

PICTURE_KEYS = {
    variable: env.secret(variable)
    for variable in (
        "POLLINATIONS_API_KEY",
        "OPENAI_API_KEY",
        "OPENROUTER_API_KEY",
        "GEMINI_API_KEY",
        "BFL_API_KEY",
        "STABILITY_API_KEY",
    )
}
PICTURE_URLS = {variable: env.text(variable) for variable in ("VITRINA_SDWEBUI_URL", "VITRINA_COMFYUI_URL")}
# JSON over the house's defaults; shapes and examples stand in docs/picture_services.md.
PICTURE_SERVICES = env.mapping("VITRINA_PICTURE_SERVICES")

# --- The REST API -----------------------------------------------------------------------------------------

API_TOKEN_RATE = env.integer("VITRINA_API_TOKEN_RATE", 600, least=1)  # requests a minute of one token
API_PERSON_RATE = env.integer(
    "VITRINA_API_PERSON_RATE", 1200, least=1
)  # of all tokens and pages of one person
API_MOST_BODY_BYTES = 1_048_576
API_MOST_UPLOAD_BYTES = 536_870_912
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "vitrina.rest.recognition.ByToken",
        "vitrina.rest.recognition.BySession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["vitrina.rest.permission.MayEnter"],
    "DEFAULT_PARSER_CLASSES": ["vitrina.rest.parsing.StrictJson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "vitrina.rest.parsing.OneFormat",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "vitrina.rest.describing.DoorSchema",
    "EXCEPTION_HANDLER": "vitrina.rest.problems.answer",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vitrina",
    "DESCRIPTION": _("Products, enrichment, moderation, feeds and jobs of your sellers."),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
}

# --- Vectors ----------------------------------------------------------------------------------------------

# "memory": plain Python, for tests and for platforms without a wheel of the embedded engine.
VECTOR_INDEX = env.text("VITRINA_VECTOR_INDEX")
# How old another process's change may be before this one sees it; its own it sees at once.
VECTOR_FRESHNESS = timedelta(milliseconds=env.integer("VITRINA_VECTOR_FRESHNESS_MS", 250, least=0))
# Empty: the embedded engine under the data directory.
QDRANT_HOST = env.text("QDRANT_HOST")
QDRANT_PORT = env.integer("QDRANT_PORT", 6333, least=1)
QDRANT_API_KEY = env.secret("QDRANT_API_KEY")
