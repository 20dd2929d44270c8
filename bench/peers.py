"""The servers that we measure ourselves against: their command lines, and where they keep what they are given."""

from pathlib import Path

from bench.launch import HOST, Launch, environment

# The database's file in the server's folder, where it is SQLite.
FILE = "server.db"
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}


def mlflow(binaries: Path, folder: Path, database: str, port: int) -> Launch:
    """The stock server with its own default of four workers. `database` is a PostgreSQL URL, or "" for SQLite.

    Its driver is the one that MLflow's documentation names, whichever SQLAlchemy would take by itself.
    """
    options = {
        "--host": HOST,
        "--port": str(port),
        "--backend-store-uri": database.replace("postgresql:", "postgresql+psycopg2:") or f"sqlite:///{folder / FILE}",
        "--artifacts-destination": str(folder / "mlartifacts"),
    }
    return _launch([str(binaries / "mlflow"), "server"], options, folder)


def fasttrackml(binaries: Path, folder: Path, database: str, port: int) -> Launch:
    """FastTrackML, which spells a file `sqlite://PATH`."""
    options = {
        "--listen-address": f"{HOST}:{port}",
        "--database-uri": database or f"sqlite://{folder / FILE}",
        "--default-artifact-root": str(folder / "fmlartifacts"),
        "--log-level": "error",
    }
    return _launch([str(binaries / "fml"), "server"], options, folder)


def _launch(command: list[str], options: dict[str, str], folder: Path) -> Launch:
    words = [word for option in options.items() for word in option]
    return Launch([*command, *words], folder, environment(**QUIET))
