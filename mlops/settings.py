"""All settings, from the environment (`mlops.env`). Without any, a bare laptop gets SQLite and local files."""

import tomllib
from datetime import timedelta
from typing import Any

from mlops.env import (
    ROOT,
    allowed_hosts,
    artifact_locations,
    artifacts_mode,
    data_dir,
    database,
    encryption_keys,
    env,
    external_url,
    networks,
    port,
    rate_limit,
    require_two_factor,
    secret_key,
    sign_in_providers,
    webhook_schemes,
)

BASE_DIR = ROOT
DATA_DIR = data_dir()
SECRET_KEY = secret_key(DATA_DIR)
# For secrets that must be read again (`lib/vault.py`): the first encrypts, all of them open.
ENCRYPTION_KEYS = encryption_keys(DATA_DIR)
ENCRYPTION_KEYS_ARE_SHARED = bool(env.list("ENCRYPTION_KEYS", default=[]))
DEBUG = env.bool("DEBUG", default=False)
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
# What the packager says the sources were; shown by `GET /version`.
REVISION = env.str("REVISION", default="unknown")

HOST = env.str("HOST", default="127.0.0.1")
PORT = port()
# Where people and clients reach the service; it is printed in snippets and links.
EXTERNAL_URL = external_url(HOST, PORT)
ALLOWED_HOSTS = allowed_hosts(HOST, EXTERNAL_URL)
CSRF_TRUSTED_ORIGINS = [EXTERNAL_URL] if EXTERNAL_URL.startswith("https://") else []
# Whose word counts on who a client is: the proxies in front of the service.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", default=[]))
REPLICAS = env.int("REPLICAS", default=1)
WORKERS = env.int("WORKERS", default=0)
THREADS = env.int("THREADS", default=32)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "mlops.static.StaticFiles",
    "django_htmx",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.gitlab",
    "allauth.usersessions",
    "mlops",
    "accounts",
    "projects",
    "audit",
    "webhooks",
    "packages",
    "ci",
    "tracking",
    "registry",
    "web",
]

MIDDLEWARE = [
    "mlops.proxies.ClientAddress",
    "accounts.throttles.ToldLimits",
    "accounts.caller.OneCallerARequest",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "web.refusals.RefusalPages",
    "web.limits.CountedPages",
    "allauth.account.middleware.AccountMiddleware",
    "web.sign_in.two_factor.RequireTwoFactor",
]

# The outermost of them: an address, its limits, who calls. MLflow's calls pass no others (`api.mlflow.shortcut`).
SHORTCUT_MIDDLEWARE = MIDDLEWARE[:3]

ROOT_URLCONF = "mlops.urls"
ASGI_APPLICATION = "mlops.asgi.application"
# GitLab's URLs end without a slash, and a redirect would turn a client's POST into a GET.
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Database -----------------------------------------------------------------------------------------------------------

SQLITE_SYNCHRONOUS = env.str("SQLITE_SYNCHRONOUS", default="FULL")
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=16)
DATABASE_PREPARED_STATEMENTS = env.bool("DATABASE_PREPARED_STATEMENTS", default=True)
DATABASES: dict[str, dict[str, Any]] = {"default": database(DATA_DIR)}
_database = DATABASES["default"]
ON_SQLITE = _database["ENGINE"].endswith("sqlite3")
if ON_SQLITE:
    _database["ENGINE"] = "lib.sqlite3"
    # IMMEDIATE, because a transaction that starts reading and then wants to write fails at once when another
    # writer was faster; WAL, so that readers never wait; FULL, so that what was acknowledged survives a power cut.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={SQLITE_SYNCHRONOUS}; "
        "PRAGMA cache_size=-64000; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY",
    }
    _database["CONN_MAX_AGE"] = None
else:
    # A bounded pool instead of a connection per thread: threads are many, PostgreSQL's processes dear.
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "pool": {"min_size": 2, "max_size": DATABASE_POOL_SIZE, "timeout": 10},
        "prepare_threshold": 5 if DATABASE_PREPARED_STATEMENTS else None,
    }
    _database["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People -------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Whoever wants may make a user with a password; else administrators do.
SIGN_UP = env.bool("SIGN_UP", default=False)
REQUIRE_TWO_FACTOR = require_two_factor()
SIGN_IN_PROVIDERS = sign_in_providers()
PASSWORD_SIGN_IN = env.bool("PASSWORD_SIGN_IN", default=True)
# Whether who comes from a provider for the first time gets a user.
SSO_SIGN_UP = env.bool("SSO_SIGN_UP", default=True)
# Whether they are taken for the user that has their e-mail address, if the provider says that it is verified.
SSO_LINK_BY_EMAIL = env.bool("SSO_LINK_BY_EMAIL", default=False)
TOKEN_MAX_DAYS = env.int("TOKEN_MAX_DAYS", default=365)
INVITATION_DAYS = env.int("INVITATION_DAYS", default=7)
INVITATIONS_CREATE_ACCOUNTS = env.bool("INVITATIONS_CREATE_ACCOUNTS", default=True)

ACCOUNT_ADAPTER = "web.sign_in.passwords.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
# An address is told by an administrator or by a provider, and signs nobody in by itself.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = EXTERNAL_URL.partition("://")[0]
# All of these are counted in the cache. Right passwords do not count as failures; GETs never do.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    # Of one address, whatever the name; of one name from one address; of one name from everywhere.
    "login_failed": "30/5m/ip,5/5m/key",
    "login_failed_anywhere": "100/h/key",
    "signup": "20/h/ip",
}
MFA_ADAPTER = "web.sign_in.two_factor.MfaAdapter"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Tenon"
# Browsers offer security keys on https and on localhost only, whatever is said here.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not EXTERNAL_URL.startswith("https://")
SOCIALACCOUNT_ADAPTER = "web.sign_in.single_sign_on.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = SIGN_IN_PROVIDERS
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# Where what accounts and projects do is written down, in the same transaction.
ON_DEED = "audit.services.events.record"
# What is sealed elsewhere than in a column of its own (`lib/vault.py`).
ON_SECRETS_ROTATED = ["web.sign_in.two_factor.rotate"]
# What the floors above put into each new project, in its transaction.
ON_PROJECT_CREATED = ["packages.services.storage.open_project", "tracking.services.experiments.open_project"]
# What the floors above may object to: called with the runs that are to be deleted, and their experiment if that is to
# be deleted too, in the same transaction; a Conflict stops it.
BEFORE_RUNS_DELETED = ["registry.services.backing.refuse_deletion"]

# What removes all of that from a deleted project again, from the top floor down.
ON_PROJECT_PURGED = [
    "registry.services.purge.empty_project",
    "tracking.services.purge.empty_project",
    "packages.services.removal.empty_project",
]
# How long what was deleted can be restored.
RETENTION_DAYS = env.int("RETENTION_DAYS", default=30)

# Files --------------------------------------------------------------------------------------------------------------

MAX_FILE_SIZE = env.int("MAX_FILE_SIZE", default=5 * 1024**3)
# 0 is no limit. An administrator may give single projects and namespaces others.
PROJECT_STORAGE_LIMIT = env.int("PROJECT_STORAGE_LIMIT", default=0)
NAMESPACE_STORAGE_LIMIT = env.int("NAMESPACE_STORAGE_LIMIT", default=0)
# What has no row, or is no longer wanted, is removed after this long.
ORPHAN_GRACE_HOURS = env.int("ORPHAN_GRACE_HOURS", default=24)
UPLOAD_EXPIRY_HOURS = env.int("UPLOAD_EXPIRY_HOURS", default=7 * 24)
S3_BUCKET = env.str("S3_BUCKET", default="")
# Where clients reach the bucket, for the addresses that are signed for them.
S3_PUBLIC_ENDPOINT_URL = env.str("S3_PUBLIC_ENDPOINT_URL", default="")
ARTIFACTS_MODE = artifacts_mode(S3_BUCKET)
ARTIFACT_LOCATIONS = artifact_locations()
S3: dict[str, Any] = {
    "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
    "region_name": env.str("S3_REGION", default="") or None,
    "access_key": env.str("S3_ACCESS_KEY", default="") or None,
    "secret_key": env.str("S3_SECRET_KEY", default="") or None,
}
_files: dict[str, Any] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": str(DATA_DIR / "files"), "allow_overwrite": True},
}
if S3_BUCKET:
    _files = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            **S3,
            "addressing_style": "path",
            "signature_version": "s3v4",
            "default_acl": None,
            "file_overwrite": True,
        },
    }
STORAGES: dict[str, dict[str, Any]] = {
    "default": _files,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(ROOT / "build" / "static"))
_npm = ROOT / "node_modules"
STATICFILES_DIRS = [
    (f"vendor/{name}", str(_npm / where))
    for name, where in {
        "bootstrap": "bootstrap/dist",
        "echarts": "echarts/dist",
        "swagger-ui": "swagger-ui-dist",
    }.items()
    if (_npm / where).is_dir()
]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Background work ----------------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
# Without a broker a task runs in the process that asked for it, after its transaction has been committed.
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
# What nobody should wait for is done by a thread of that process (`lib/background.py`).
BACKGROUND_THREAD = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Without a broker the server does it itself (mlops.periodic).
_TWICE_A_DAY = timedelta(hours=12)
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "remove for good what was deleted long ago": {"task": "tracking.tasks.purge_deleted", "schedule": _TWICE_A_DAY},
    "sweep bytes that nothing names": {"task": "packages.tasks.sweep_orphans", "schedule": _TWICE_A_DAY},
    "tell of tokens that expire soon": {"task": "projects.tasks.tell_of_expiring_tokens", "schedule": _TWICE_A_DAY},
    "look into what nobody has": {"task": "packages.tasks.inspect_pending_blobs", "schedule": timedelta(minutes=5)},
    "deliver what webhooks have not been told": {
        "task": "webhooks.tasks.catch_up",
        "schedule": timedelta(seconds=15),
        # A message that no worker has taken before the next one comes is not wanted any more.
        "options": {"expires": 15},
    },
}
if ARTIFACTS_MODE == "direct":
    CELERY_BEAT_SCHEDULE["make files of what has arrived in the bucket"] = {
        "task": "packages.tasks.settle_arrivals",
        "schedule": timedelta(seconds=20),
    }
# What is counted there, such as failed sign-ins, must be the same for all processes: a table where there is no Redis.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# Rate limits --------------------------------------------------------------------------------------------------------

# None: off. Counted in Redis when there is one, else by each process for itself.
RATE_LIMIT_UNAUTHENTICATED = rate_limit("RATE_LIMIT_UNAUTHENTICATED", env.str("RATE_LIMIT_UNAUTHENTICATED", default=""))
RATE_LIMIT_AUTHENTICATED = rate_limit("RATE_LIMIT_AUTHENTICATED", env.str("RATE_LIMIT_AUTHENTICATED", default=""))
# A training that logs each step calls far more often than whoever looks at it.
RATE_LIMIT_MLFLOW = rate_limit("RATE_LIMIT_MLFLOW", env.str("RATE_LIMIT_MLFLOW", default=""))
RATE_LIMIT_ALLOWLIST = networks("RATE_LIMIT_ALLOWLIST", env.list("RATE_LIMIT_ALLOWLIST", default=[]))

# Webhooks -----------------------------------------------------------------------------------------------------------

WEBHOOK_SCHEMES = webhook_schemes()
# Where webhooks may go although it is not public.
WEBHOOK_PRIVATE_NETWORKS = networks("WEBHOOK_PRIVATE_NETWORKS", env.list("WEBHOOK_PRIVATE_NETWORKS", default=[]))

# Mail -----------------------------------------------------------------------------------------------------------------

# Without a server's address mails are printed on the console.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds; somebody waits for the page
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="tenon@localhost")

# Security -----------------------------------------------------------------------------------------------------------

_https = EXTERNAL_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # The proxy in front does that.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
# The largest JSON body: a log-batch of 1,000 metrics, 100 params of 6,000 and 100 tags of 8,000 characters fits.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_JSON_SIZE", default=16 * 1024**2)

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}

# Read when somebody asks for the description alone (`api/openapi`).
SPECTACULAR_SETTINGS = {
    "DEFAULT_GENERATOR_CLASS": "api.openapi.schema.Generator",
    "OAS_VERSION": "3.1.0",
    "VERSION": VERSION,
}
