"""Files in parts. The stock server is on local disk here, where it offers none of it."""

from tests.parity.case import Area, differs
from tests.parity.side import Side

BELOW = "/api/2.0/mlflow-artifacts"
CREATE = f"POST {BELOW}/mpu/create/<artifact_path>"
COMPLETE = f"POST {BELOW}/mpu/complete/<artifact_path>"
ABORT = f"POST {BELOW}/mpu/abort/<artifact_path>"
PRESIGNED = f"GET {BELOW}/presigned/<artifact_path>"

WHY = "files come and go in parts on local disk as well"
UNSUPPORTED = (501, "NOT_IMPLEMENTED")
GONE = differs(WHY, stock=UNSUPPORTED, ours=(404, "RESOURCE_DOES_NOT_EXIST"))

area = Area("multipart")


def folder(s: Side) -> str:
    answer = s.post("runs/create", {"experiment_id": s.experiment(), "run_name": "r"})
    return str(answer["run"]["info"]["artifact_uri"]).removeprefix("mlflow-artifacts:/")


@area.case(CREATE, differs(WHY, stock=UNSUPPORTED, ours=(200, {"upload_id": ...})))
def a_file_of_two_parts_is_begun(s: Side) -> None:
    s.post(f"{BELOW}/mpu/create/{folder(s)}", {"path": "/tmp/a.bin", "num_parts": 2})


@area.case(CREATE, says="Missing value for required parameter 'path'.")
def a_file_without_a_name(s: Side) -> None:
    s.post(f"{BELOW}/mpu/create/{folder(s)}", {"num_parts": 2})


@area.case(COMPLETE, says="Missing value for required parameter 'path'.")
def a_file_without_a_name_is_completed(s: Side) -> None:
    s.post(f"{BELOW}/mpu/complete/{folder(s)}", {"upload_id": "x", "parts": []})


@area.case(ABORT, says="Missing value for required parameter 'path'.")
def a_file_without_a_name_is_given_up(s: Side) -> None:
    s.post(f"{BELOW}/mpu/abort/{folder(s)}", {"upload_id": "x"})


@area.case(CREATE)
def two_dots(s: Side) -> None:
    s.post(f"{BELOW}/mpu/create/{folder(s)}/%252e%252e/x", {"path": "a.bin", "num_parts": 2})


@area.case(COMPLETE, GONE)
def an_upload_that_nobody_began_is_completed(s: Side) -> None:
    parts = [{"part_number": 1, "etag": "x"}]
    s.post(f"{BELOW}/mpu/complete/{folder(s)}", {"path": "a.bin", "upload_id": "x", "parts": parts})


@area.case(ABORT, GONE)
def an_upload_that_nobody_began_is_aborted(s: Side) -> None:
    s.post(f"{BELOW}/mpu/abort/{folder(s)}", {"path": "a.bin", "upload_id": "x"})


@area.case(PRESIGNED, differs(WHY, stock=UNSUPPORTED, ours=(200, {"file_size": 5})))
def a_file_that_is_there(s: Side) -> None:
    place = folder(s)
    s.call("PUT", f"{BELOW}/artifacts/{place}/a.txt", "hello", **{"Content-Type": "text/plain"})
    s.get(f"{BELOW}/presigned/{place}/a.txt")


@area.case(PRESIGNED, GONE)
def a_file_that_is_not_there(s: Side) -> None:
    s.get(f"{BELOW}/presigned/{folder(s)}/a.txt")
