from packages.models.blob import Blob, Verdict
from packages.models.package import Package, PackageKind, PackageStatus
from packages.models.package_file import PackageFile
from packages.models.storage import NamespaceStorage, ProjectStorage
from packages.models.upload import Upload, UploadPart

__all__ = [
    "Blob",
    "NamespaceStorage",
    "Package",
    "PackageFile",
    "PackageKind",
    "PackageStatus",
    "ProjectStorage",
    "Upload",
    "UploadPart",
    "Verdict",
]
