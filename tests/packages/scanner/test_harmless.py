"""What people really keep is not called dangerous; and what is no pickle or archive is left alone."""

import io
import json
import os
import pickle
import warnings
import zipfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.packages.scanner.conftest import tarred, zipped


def model() -> Any:
    X = np.random.default_rng(1).random((60, 4))
    y = np.array(["no", "yes"], dtype=object)[(X[:, 0] > 0.5).astype(int)]
    forest, pipeline = RandomForestClassifier(5), make_pipeline(StandardScaler(), LogisticRegression())
    return {"forest": forest.fit(X, y), "pipeline": pipeline.fit(X, y), "labels": np.array(["a", "bc"])}


def saved(save: Any, *args: Any) -> bytes:
    made = io.BytesIO()
    save(made, *args)
    return made.getvalue()


@pytest.mark.parametrize("protocol", range(6))
def test_a_scikit_learn_model_is_clean(scanned: Any, protocol: int) -> None:
    assert scanned(pickle.dumps(model(), protocol), "model.pkl").verdict == "clean"


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("xz", 3), ("bz2", 3)])
def test_and_so_it_is_from_joblib(scanned: Any, tmp_path: Path, compress: Any) -> None:
    joblib.dump(model(), tmp_path / "model", compress=compress)
    found = scanned((tmp_path / "model").read_bytes(), "model.joblib")
    assert (found.verdict, found.findings) == ("clean", [])


def test_what_mlflow_writes_of_a_scikit_learn_model_is_not_called_dangerous(scanned: Any, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        from mlflow.sklearn import save_model

        save_model(model()["pipeline"], tmp_path / "model", serialization_format="cloudpickle")
    verdicts = {file.name: scanned(file.read_bytes(), file.name).verdict for file in (tmp_path / "model").iterdir()}
    assert verdicts["model.pkl"] == "clean"
    assert {verdict for name, verdict in verdicts.items() if name != "model.pkl"} == {"irrelevant"}


def test_arrays_are_clean(scanned: Any) -> None:
    assert scanned(saved(np.save, np.arange(1000)), "a.npy").verdict == "clean"
    assert scanned(saved(np.savez_compressed, np.arange(1000)), "a.npz").verdict == "clean"


def test_a_checkpoint_as_torch_writes_it_is_clean(scanned: Any) -> None:
    state = (
        b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n"
        b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQK\x00K\x04\x85K\x01"
        b"\x85\x89h\x00)RtRs."
    )
    members = {"archive/data.pkl": state, "archive/version": b"3\n", "archive/data/0": os.urandom(16)}
    found = scanned(zipped(members, zipfile.ZIP_STORED), "model.pt")
    assert (found.verdict, found.findings) == ("clean", [])


def test_what_nobody_knows_is_suspicious_with_a_reason(scanned: Any) -> None:
    found = scanned(b"\x80\x02cmycompany.models\nChurn\n)\x81.")
    assert found.verdict == "suspicious"
    assert found.findings[0]["what"] == "imports mycompany.models Churn, of which the scanner knows nothing"


OTHER = {
    "empty": b"",
    "text": b"hello world\n",
    "words one a line": b"city\nParis\nRome\n",
    "words like instructions": b"count\ncats\n.\n",
    "source": b"import os\nos.system('ls')\n",
    "csv": b"crim,zn,indus\n0.1,2,3\n" * 10_000,
    "json": json.dumps({"a": [1, 2, 3]}).encode(),
    "minified": b"c" + b"onst a=1;" * 20_000,
    "power": b"x^2 + y^2",
    "noise": np.random.default_rng(7).bytes(300_000),
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("content", OTHER.values(), ids=OTHER)
def test_other_files_are_irrelevant(scanned: Any, content: bytes) -> None:
    found = scanned(content, "file.txt")
    assert (found.verdict, found.findings) == ("irrelevant", [])


def test_archives_of_other_files_are_clean(scanned: Any) -> None:
    for content in (zipped(OTHER), tarred(OTHER), tarred(OTHER, "w:gz"), zipped({})):
        assert scanned(content).verdict == "clean"
