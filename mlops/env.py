"""The environment, read here and nowhere else. `docs/settings.md` describes every name.

What cannot work ends the process with one line that says why, whichever command it was: `SystemExit` with a text.
"""

import ipaddress
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ

from lib import buckets, limits

ROOT = Path(__file__).resolve().parent.parent

DATABASE_ENGINES = ("sqlite:///", "postgres://", "postgresql://")
TWO_FACTOR_FOR = ("off", "admins", "everyone")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ARTIFACTS_MODES = ("proxied", "direct", "artifacts-only")
# Characters; of the base64 of 32 random bytes there are 43.
SHORTEST_KEY = 32
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Addresses that mean "all of this machine's", and are none that a browser could open.
WILDCARDS = ("0.0.0.0", "::")  # noqa: S104


def refuse(reason: str) -> NoReturn:
    raise SystemExit(f"Tenon cannot start: {reason}")


class Env(environ.Env):  # type: ignore[misc]
    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        """As its parent's, but an empty value counts as none, and a value of the wrong type is refused in one line."""
        if not self.ENVIRON.get(var, "unset").strip():
            self.ENVIRON.pop(var)
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as wrong:
            refuse(f"{var}={self.ENVIRON.get(var)!r} cannot be read ({wrong})")


env = Env()


def data_dir() -> Path:
    """The folder that holds everything an embedded installation keeps: database, files, secret key.

    It is made when missing (mode 0700).
    """
    folder = Path(env.str("DATA_DIR", default=str(ROOT / "var"))).expanduser()
    try:
        folder = folder.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        refuse(f"DATA_DIR {str(folder)!r} cannot be written to ({reason})")
    return folder


def secret_key(folder: Path) -> str:
    """`SECRET_KEY`, or for an embedded installation one made once and kept in the data folder (mode 0600)."""
    given: str = env.str("SECRET_KEY", default="")
    return given or _made_once(folder / "secret_key")


def encryption_keys(folder: Path) -> list[str]:
    """`ENCRYPTION_KEYS`, the one to encrypt with first; or, as `SECRET_KEY`, one made once and kept."""
    given = [str(key).strip() for key in env.list("ENCRYPTION_KEYS", default=[])]
    if any(len(key) < SHORTEST_KEY for key in given):
        refuse(f"a key of ENCRYPTION_KEYS has less than {SHORTEST_KEY} characters")
    return given or [_made_once(folder / "encryption_key")]


def _made_once(kept: Path) -> str:
    try:
        if not kept.exists():
            _keep(kept, secrets.token_urlsafe(50))
        return kept.read_text()
    except OSError as error:
        refuse(f"{kept} cannot be read or written ({error.strerror})")


def _keep(place: Path, text: str) -> None:
    """Whole or not at all, and the first of several processes wins."""
    descriptor, draft = tempfile.mkstemp(dir=place.parent)  # mkstemp's mode is 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, place)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def webhook_schemes() -> list[str]:
    schemes = [str(scheme).strip().lower() for scheme in env.list("WEBHOOK_SCHEMES", default=["https"])]
    if not set(schemes) <= {"http", "https"}:
        refuse(f"WEBHOOK_SCHEMES={','.join(schemes)!r} may hold http and https only")
    return schemes


def networks(name: str, given: list[str]) -> list[Network]:
    """Networks and single addresses; `name` is the setting's."""
    try:
        return [ipaddress.ip_network(network.strip()) for network in given]
    except ValueError as wrong:
        refuse(f"{name} cannot be read ({wrong})")


def rate_limit(name: str, given: str) -> limits.Limit | None:
    """`600/minute`, or None for no limit; `name` is the setting's."""
    try:
        return limits.read(given) if given not in ("", "0") else None
    except ValueError as wrong:
        refuse(f"{name}={given!r} {wrong}")


def port() -> int:
    number: int = env.int("PORT", default=8000)
    if not 1 <= number <= 65535:
        refuse(f"PORT={number} is not between 1 and 65535")
    return number


def external_url(host: str, port: int) -> str:
    """`EXTERNAL_URL`, or where a browser on this machine reaches the service."""
    reachable = "127.0.0.1" if host in WILDCARDS else host
    shown = f"[{reachable}]" if ":" in reachable else reachable
    url: str = env.str("EXTERNAL_URL", default=f"http://{shown}:{port}")
    return url.rstrip("/")


def allowed_hosts(host: str, url: str) -> list[str]:
    """`ALLOWED_HOSTS`, or the names that follow from `HOST` and `EXTERNAL_URL`; always this machine's own, for probes.

    Who listens on all addresses is called by names that only the network knows, so that answers to all of them.
    """
    given = [str(name) for name in env.list("ALLOWED_HOSTS", default=[])]
    if host in WILDCARDS and not given:
        return ["*"]
    own = f"[{host}]" if ":" in host else host
    return list(dict.fromkeys([*(given or [own, urlsplit(url).hostname or own]), "127.0.0.1", "localhost", "[::1]"]))


def artifacts_mode(bucket: str) -> str:
    mode: str = env.str("ARTIFACTS_MODE", default="proxied")
    if mode not in ARTIFACTS_MODES:
        refuse(f"ARTIFACTS_MODE must be one of {', '.join(ARTIFACTS_MODES)}, not {mode!r}")
    if mode == "direct" and not bucket:
        refuse("ARTIFACTS_MODE=direct needs a bucket that clients can reach; set S3_BUCKET")
    return mode


def artifact_locations() -> list[str]:
    """`ARTIFACT_LOCATIONS`, each without a slash at its end."""
    roots = [str(root).strip().rstrip("/") for root in env.list("ARTIFACT_LOCATIONS", default=[])]
    for root in roots:
        if not buckets.PLACE.fullmatch(root):
            refuse(f"ARTIFACT_LOCATIONS holds {root!r}, which is not like s3://bucket or s3://bucket/folder")
    return roots


def database(folder: Path) -> dict[str, Any]:
    """Django's settings of the one database `DATABASE_URL` names; the data folder's SQLite without one."""
    url = env.str("DATABASE_URL", default="")
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "tenon.sqlite3")}
    if not url.startswith(DATABASE_ENGINES):
        scheme = url.partition("://")[0] if "://" in url else url[:20]
        refuse(f"DATABASE_URL must start with {' or '.join(DATABASE_ENGINES)}, not {scheme!r}")
    try:
        return dict(env.db_url_config(url))
    except ValueError as wrong:
        refuse(f"DATABASE_URL cannot be read ({wrong})")


def require_two_factor() -> str:
    whom: str = env.str("REQUIRE_TWO_FACTOR", default="off").lower()
    if whom not in TWO_FACTOR_FOR:
        refuse(f"REQUIRE_TWO_FACTOR must be one of {', '.join(TWO_FACTOR_FOR)}, not {whom!r}")
    return whom


def sign_in_providers() -> dict[str, Any]:
    """allauth's `SOCIALACCOUNT_PROVIDERS`: an OpenID provider, a GitLab, both or none. No secret is looked at."""
    found = _openid_provider() | _gitlab()
    if not found and not env.bool("PASSWORD_SIGN_IN", default=True):
        refuse("PASSWORD_SIGN_IN=off leaves no way to sign in; set OIDC_CLIENT_ID or GITLAB_CLIENT_ID")
    if env.bool("SIGN_UP", default=False) and env.bool("SSO_LINK_BY_EMAIL", default=False):
        refuse("SIGN_UP=on lets people claim any e-mail address, so that SSO_LINK_BY_EMAIL=on would link strangers")
    return found


def _openid_provider() -> dict[str, Any]:
    client = env.str("OIDC_CLIENT_ID", default="")
    issuer = _provider_url("OIDC_ISSUER", env.str("OIDC_ISSUER", default=""))
    secret = env.str("OIDC_CLIENT_SECRET", default="")
    name = env.str("OIDC_NAME", default="single sign-on")
    if not any([client, issuer, secret]):
        return {}
    if not all([client, issuer, secret]):
        refuse("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are set together or not at all")
    about = {"provider_id": "oidc", "name": name, "settings": {"server_url": issuer}}
    return {"openid_connect": _app(client, secret, **about)}


def _gitlab() -> dict[str, Any]:
    client = env.str("GITLAB_CLIENT_ID", default="")
    secret = env.str("GITLAB_CLIENT_SECRET", default="")
    url = _provider_url("GITLAB_URL", env.str("GITLAB_URL", default="https://gitlab.com"))
    if not any([client, secret]):
        return {}
    if not all([client, secret]):
        refuse("GITLAB_CLIENT_ID and GITLAB_CLIENT_SECRET are set together or not at all")
    return {"gitlab": _app(client, secret, name="GitLab", settings={"gitlab_url": url})}


def _app(client: str, secret: str, **more: Any) -> dict[str, Any]:
    return {"APPS": [{"client_id": client, "secret": secret, **more}], "OAUTH_PKCE_ENABLED": True}


def _provider_url(setting: str, url: str) -> str:
    """Without a slash at its end. Codes and tokens go there, so it must be encrypted, unless it is this machine."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        refuse(f"{setting}={url!r} must start with https://")
    return url.rstrip("/")
