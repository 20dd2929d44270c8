"""A run's or logged model's artifacts: which package file an MLflow artifact address means.

An address is what follows `mlflow-artifacts:/` in an `artifact_uri`, and the path below it:
`<experiment>/<run>/artifacts/<path>` or `<experiment>/models/<model>/artifacts/<path>`. As in MLflow, artifacts of a
deleted run or model can still be read, written and deleted, until it is gone for good.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from ci.models import Job
from lib.errors import InvalidInput, NotFound
from packages import downloads, paths
from packages.models import Package, PackageFile, PackageKind, Upload
from packages.services import archives, arrivals, files, uploads
from packages.services.archives import Archive, Total
from packages.services.files import Entry, Opened, Part
from packages.store import outside
from projects.models import Project
from tracking.models import LoggedModel, Run

Owner = Run | LoggedModel

# What may stand before the path: two ids, an experiment's number, and the words between.
_LONGEST_ADDRESS = paths.LONGEST + 100


def upload(
    project: Project, address: str, chunks: Iterable[bytes], *, by: User, size: int | None = None
) -> PackageFile:
    """Keeps a file, whole or not at all. Refused as `files.put` does; NotFound when there is no such run or model."""
    owner, path = _at(project, address)
    return upload_to(owner, path, chunks, by=by, size=size)


def upload_to(
    owner: Owner,
    path: str,
    chunks: Iterable[bytes],
    *,
    by: User,
    size: int | None = None,
    also: Collection[str] = (),
) -> PackageFile:
    """The same of a run or model that has been found. The CI job that it came from is noted as the file's."""
    _must_be_kept_here(owner)
    package = own_package(owner, by=by)
    # What came before must not take the place of this one.
    arrivals.settle(package, path)
    return files.put(package, path, chunks, by=by, size=size, job=_job(owner), also=also)


def address(text: str) -> str:
    """The text itself. InvalidInput unless a file may be there."""
    return paths.relative(text, longest=_LONGEST_ADDRESS)


def invite(project: Project, address: str, *, by: User, size: int) -> str:
    """Where the file can be put past the service; "" when it has to come through it. Refused as `upload` does."""
    owner, path = _at(project, address)
    return arrivals.invite(own_package(owner, by=by), path, size=size, by=by, job=_job(owner))


def begin_upload(project: Project, address: str, *, count: int, by: User) -> Upload:
    """A file that will come in `count` parts. Refused as `uploads.begin` does; NotFound as `upload`."""
    owner, path = _at(project, address)
    return uploads.begin(own_package(owner, by=by), path, count=count, by=by, job=_job(owner))


def complete_upload(
    project: Project, address: str, key: UUID, told: Mapping[int, str], *, begun: datetime, by: User
) -> PackageFile:
    """The file of the parts that were `told`, by number with their entity tags; the same file when it is there already.

    Refused as `uploads.complete` does; NotFound for an upload that is aborted, expired or of another address.
    """
    package, path = _kept(project, address)
    upload = uploads.of(package, path, key)
    file = uploads.complete(upload, told, by=by) if upload else None
    file = file or uploads.completed_since(package, path, begun, by=by)
    if file is None:
        raise uploads.gone()
    return file


def abort_upload(project: Project, address: str, key: UUID) -> None:
    """Doing it twice changes nothing."""
    package, path = _kept(project, address)
    upload = uploads.of(package, path, key)
    if upload is not None:
        uploads.abort(upload)


def find(project: Project, address: str) -> PackageFile:
    """NotFound when the run, the model or the file is not there; InvalidInput for a folder."""
    return files.find(*_kept(project, address))


def opened(project: Project, address: str, part: Part | None = None) -> Opened:
    """A file ready to be read, refused as `find` does; only `part` of it, when that is given."""
    return files.opened(*_kept(project, address), part)


def delete(project: Project, address: str) -> None:
    """A file, or a folder with all that is in it. Deleting what is not there is no error, as in MLflow."""
    owner, path = _at(project, address.removesuffix("/"))
    if owner.package is not None:
        arrivals.settle(owner.package, path)
        files.delete(owner.package, path)


def at(project: Project, address: str) -> list[Entry]:
    """What lies at an address, files and folders. Nothing above the artifacts of a run or model: they are not listed
    by address."""
    address = paths.relative(address.removesuffix("/"), longest=_LONGEST_ADDRESS)
    if _split(address) is None:
        return []
    return of(*_at(project, address))


def of(owner: Owner, folder: str = "") -> list[Entry]:
    """What lies directly in a folder of a run or model ("" for all of it)."""
    folder = paths.relative(folder.removesuffix("/"))
    if owner.experiment.location:
        return _outside(owner, folder)
    if owner.package is None:
        return []
    arrivals.settle(owner.package, folder)
    return files.entries(owner.package, folder)


def _must_be_kept_here(owner: Owner) -> None:
    if owner.experiment.location:
        raise NotFound(f"These artifacts are not kept here, but at {owner.artifact_uri}")


def _outside(owner: Owner, folder: str) -> list[Entry]:
    """Names that could lead a client astray are left out: other programs wrote them."""
    found = []
    for name, size in outside.entries(_place(owner, folder)):
        with suppress(InvalidInput):
            found.append(Entry(paths.relative(f"{folder}/{name}" if folder else name), size))
    return found


def _place(owner: Owner, path: str) -> str:
    return f"{owner.artifact_uri}/{path}" if path else owner.artifact_uri


def outside_address(owner: Owner, path: str) -> tuple[str, int]:
    """Where a file that the project does not keep itself can be read for a few minutes, and its size.

    NotFound when it is not there.
    """
    place = _place(owner, paths.relative(path))
    try:
        size = outside.size(place)
    except FileNotFoundError:
        raise NotFound(f"No such artifact: '{path}'") from None
    said = {f"Response{name.replace('-', '')}": value for name, value in downloads.named(path).items()}
    return outside.address(place, call="get_object", seconds=downloads.ADDRESS_LIFETIME, **said), size


def outside_upload(owner: Owner, path: str, *, seconds: int) -> str:
    """Where such a file can be put."""
    if not path:
        raise InvalidInput("Invalid path", field="path")
    return outside.address(_place(owner, paths.relative(path)), call="put_object", seconds=seconds)


def total(owner: Owner) -> Total:
    """Of all of its files."""
    if owner.package is None:
        return Total(0, 0)
    arrivals.settle(owner.package)
    return archives.total(owner.package)


def archive(owner: Owner, folder: str = "") -> Archive:
    """A folder of a run or model ("" for all of it) as a zip. NotFound when nothing is in it; InvalidInput when it is
    not kept here."""
    if owner.experiment.location:
        raise InvalidInput(f"These artifacts are not kept here, but at {owner.artifact_uri}: fetch them there")
    if owner.package is None:
        raise NotFound("There are no files")
    arrivals.settle(owner.package)
    name = owner.name if isinstance(owner, LoggedModel) else f"{owner.name}-{owner.iid}"
    return archives.of(owner.package, folder, name=name)


def _kept(project: Project, address: str) -> tuple[Package, str]:
    owner, path = _at(project, address)
    if owner.package is None:
        raise NotFound(f"No such artifact: '{path}'")
    arrivals.settle(owner.package, path)
    return owner.package, path


def _at(project: Project, address: str) -> tuple[Owner, str]:
    parts = _split(paths.relative(address, longest=_LONGEST_ADDRESS))
    if parts is None:
        raise NotFound(f"No such artifact: '{address}'")
    experiment, kind, uuid, path = parts
    owner = _owner(project, kind, experiment, uuid)
    _must_be_kept_here(owner)
    return owner, path


def _owner(project: Project, kind: str, experiment: int, uuid: str) -> Owner:
    if kind == "models":
        return project.logged_models.select_related("package").filter(experiment__iid=experiment).with_id(uuid)
    return project.runs.select_related("package", "job").filter(experiment__iid=experiment).with_id(uuid)


def _split(address: str) -> tuple[int, str, str, str] | None:
    """Experiment number, `runs` or `models`, the id, and the path; None for anything else."""
    experiment, _, rest = address.partition("/")
    kind, rest = ("models", rest.removeprefix("models/")) if rest.startswith("models/") else ("runs", rest)
    uuid, _, rest = rest.partition("/")
    word, _, path = rest.partition("/")
    # 18 digits always fit into the column.
    if not (experiment.isascii() and experiment.isdigit() and len(experiment) <= 18) or word != "artifacts":
        return None
    return int(experiment), kind, uuid, path


def own_package(owner: Owner, *, by: User) -> Package:
    """Its package, made when it is first needed. Two writers at once get the same one."""
    if owner.package is not None:
        return owner.package
    kind, name, version = _package_name(owner)
    with transaction.atomic():
        # Under its lock, as a purge that removes it takes its package along.
        if type(owner)._default_manager.select_for_update(no_key=True).filter(pk=owner.pk).first() is None:
            raise NotFound(f"'{owner.uuid}' is gone")
        package, _ = Package.objects.get_or_create(
            project_id=owner.project_id, kind=kind, name=name, version=version, defaults={"creator": by}
        )
        type(owner)._default_manager.filter(pk=owner.pk).update(package=package)
    owner.package = package
    return package


def _job(owner: Owner) -> Job | None:
    """A run's own; a logged model's is that of the run it came from."""
    if isinstance(owner, Run):
        return owner.job
    source = owner.project.runs.select_related("job").filter(uuid=owner.source_run_uuid).first()
    return source.job if source else None


def _package_name(owner: Owner) -> tuple[PackageKind, str, str]:
    if isinstance(owner, Run):
        # GitLab's names for the package of a candidate.
        return PackageKind.ML_RUN, f"ml_experiment_{owner.experiment.iid}", f"candidate_{owner.iid}"
    return PackageKind.ML_LOGGED_MODEL, owner.name[:255], owner.uuid
