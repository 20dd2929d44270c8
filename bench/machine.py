"""What was measured with: the machine, the versions, the load."""

import os
import platform
import sqlite3
import subprocess
import time
import tomllib
from importlib.metadata import version
from pathlib import Path

import psycopg

from bench.clusters import OPTIONS
from bench.launch import ROOT
from bench.lineup import BINARIES, FAST, STOCK, Lineup

ASK = "import importlib.metadata as m, sys; print(*(m.version(name) for name in sys.argv[1:]))"


def facts() -> dict[str, str]:
    """Before anything has been started."""
    return {
        "when": time.strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} x {_processor()}, {_memory()} GiB, {platform.system()} {platform.release()}",
        "Tenon": f"{_tenon()}, Python {platform.python_version()}, Django {version('django')}, "
        f"granian {version('granian')}",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def peers() -> dict[str, str]:
    if not BINARIES.exists():
        raise SystemExit("the peers are not installed: make build/bench/peers/done")
    names = [STOCK, FAST]
    done = subprocess.run(
        [str(BINARIES / "python"), "-c", ASK, *names], capture_output=True, text=True, check=True, timeout=60
    )
    return {"peers": ", ".join(f"{name} {found}" for name, found in zip(names, done.stdout.split(), strict=True))}


def database(found: Lineup) -> dict[str, str]:
    if found.database == "sqlite":
        return {"SQLite": f"{sqlite3.sqlite_version}; each server sets it up as it likes"}
    with psycopg.connect(next(iter(found.clusters.values())).url) as connection:
        number = connection.info.server_version
    options = ", ".join(f"{name}={value}" for name, value in OPTIONS.items())
    return {"PostgreSQL": f"{number // 10000}.{number % 10000}, a cluster for each server, {options}"}


def _tenon() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
