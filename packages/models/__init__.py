from packages.models.blob import Blob
from packages.models.package import Package, PackageKind
from packages.models.package_file import PackageFile

__all__ = ["Blob", "Package", "PackageFile", "PackageKind"]
