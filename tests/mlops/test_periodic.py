"""Without a broker the server itself does what beat would ask for, in one process only."""

import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.utils.module_loading import import_string

from mlops import periodic

done: list[str] = []
enough = threading.Event()


def one() -> None:
    done.append("one")
    raise RuntimeError("this one always fails")


def two() -> None:
    done.append("two")
    if done.count("one") >= 3 and done.count("two") >= 2:
        enough.set()
        raise SystemExit  # the only way out of an endless thread


def test_every_scheduled_task_exists_under_its_name() -> None:
    assert product.CELERY_BEAT_SCHEDULE
    for entry in product.CELERY_BEAT_SCHEDULE.values():
        assert import_string(entry["task"]).name == entry["task"]


def test_with_a_broker_it_is_beats_work(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert periodic.start() is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_each_task_comes_again_and_again_whatever_happens_to_it(
    settings: Any, tmp_path: Path, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DATA_DIR = tmp_path
    settings.CELERY_BEAT_SCHEDULE = {
        name: {"task": f"{__name__}.{name}", "schedule": timedelta(milliseconds=20)} for name in ("one", "two")
    }
    monkeypatch.setattr(periodic, "import_string", lambda path: globals()[path.rpartition(".")[2]])
    thread = periodic.start(first=0.01)
    assert thread is not None
    assert enough.wait(20)
    thread.join(10)
    assert "one failed" in caplog.text


def test_a_second_process_waits_for_the_first(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    holder = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print('held', flush=True); input()"
    command = [sys.executable, "-c", holder, str(tmp_path / "periodic.lock")]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        waited = []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            process.communicate("\n", timeout=10)

        periodic._lock(sleep).close()
    assert waited == [periodic.ASK]
