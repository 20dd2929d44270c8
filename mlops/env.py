"""The environment, read here and nowhere else. `docs/settings.md` describes every name."""

import secrets
from pathlib import Path

import environ

env = environ.Env()

ROOT = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The folder that holds everything an embedded installation keeps: database, files, secret key."""
    return Path(env.str("DATA_DIR", default=str(ROOT / "var"))).expanduser().resolve()


def secret_key(folder: Path) -> str:
    """`SECRET_KEY`, or for an embedded installation one made once and kept in the data folder (mode 0600)."""
    given = env.str("SECRET_KEY", default="")
    if given:
        return given
    kept = folder / "secret_key"
    try:
        return kept.read_text()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
        return kept.read_text()
