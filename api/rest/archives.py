"""A package as a zip; not GitLab's, which has no such call."""

from msgspec import Struct

from api.rest.endpoint import Zip
from api.rest.packages import OfPackage
from packages import downloads, paths
from packages.services import archives


class GetPackageArchive(OfPackage):
    """All files of a package, or those in the folder `path`."""

    class Params(Struct):
        path: str = ""

    def handle(self, p: Params, package_id: str) -> Zip:
        package = self.package(package_id)
        name = f"{package.name}-{package.version}".replace("/", "-")
        return downloads.zipped(self.request, archives.of(package, paths.relative(p.path), name=name))
