"""A run's or logged model's artifacts: which package file an MLflow artifact address means.

An address is what follows `mlflow-artifacts:/` in an `artifact_uri`, and the path below it:
`<experiment>/<run>/artifacts/<path>` or `<experiment>/models/<model>/artifacts/<path>`. As in MLflow, artifacts of a
deleted run or model can still be read, written and deleted, until it is gone for good.
"""

from collections.abc import Iterable

from accounts.models import User
from lib.errors import NotFound
from packages import paths
from packages.models import Package, PackageFile, PackageKind
from packages.services import files
from packages.services.files import Entry, Opened, Part
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
    return files.put(own_package(owner, by=by), path, chunks, by=by, size=size)


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
    return files.entries(owner.package, folder) if owner.package is not None else []


def _kept(project: Project, address: str) -> tuple[Package, str]:
    owner, path = _at(project, address)
    if owner.package is None:
        raise NotFound(f"No such artifact: '{path}'")
    return owner.package, path


def _at(project: Project, address: str) -> tuple[Owner, str]:
    parts = _split(paths.relative(address, longest=_LONGEST_ADDRESS))
    if parts is None:
        raise NotFound(f"No such artifact: '{address}'")
    experiment, kind, uuid, path = parts
    return _owner(project, kind, experiment, uuid), path


def _owner(project: Project, kind: str, experiment: int, uuid: str) -> Owner:
    if kind == "models":
        return project.logged_models.select_related("package").filter(experiment__iid=experiment).with_id(uuid)
    return project.runs.select_related("package").filter(experiment__iid=experiment).with_id(uuid)


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
    package, _ = Package.objects.get_or_create(
        project_id=owner.project_id, kind=kind, name=name, version=version, defaults={"creator": by}
    )
    type(owner).objects.filter(pk=owner.pk).update(package=package)
    owner.package = package
    return package


def _package_name(owner: Owner) -> tuple[PackageKind, str, str]:
    if isinstance(owner, Run):
        # GitLab's names for the package of a candidate.
        return PackageKind.ML_RUN, f"ml_experiment_{owner.experiment.iid}", f"candidate_{owner.iid}"
    return PackageKind.ML_LOGGED_MODEL, owner.name[:255], owner.uuid
