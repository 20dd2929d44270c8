"""Addresses that carry their own authority: a part of an upload is put there, a file read, and nothing else.

MLflow's client sends no credential to the addresses that it is given for parts and presigned downloads, as they
usually are a bucket's. So they stand outside the lists of endpoints; refusals are in MLflow's dialect.
"""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, reverse

from accounts.identity import Identity
from accounts.services import tokens
from api import bodies, seals
from api.mlflow import errors
from lib.errors import Forbidden, Unauthenticated
from packages import downloads
from packages.models import PackageFile, Upload
from packages.services import files, uploads
from projects import policy
from projects.roles import Ability

PART, FILE = "part", "file"

View = Callable[[HttpRequest, str], HttpResponseBase]


def part_address(request: HttpRequest, identity: Identity, upload: Upload, number: int) -> str:
    """Where one part of one upload is taken, on this server as the caller reaches it."""
    seal = seals.sealed(PART, [upload.key.hex, number, _token(identity)])
    return request.build_absolute_uri(reverse("signed-part", args=[seal]))


def file_address(request: HttpRequest, identity: Identity, file: PackageFile) -> str:
    """Where the file is read as it is now; what replaces it is another."""
    seal = seals.sealed(FILE, [file.pk, file.blob_id, _token(identity)])
    return request.build_absolute_uri(reverse("signed-file", args=[seal]))


def put_part(request: HttpRequest, seal: str) -> HttpResponseBase:
    """One part of a file, for the upload and number that the address was signed for."""
    said = seals.opened(PART, seal, kinds=(str, int, int), seconds=uploads.PART_LIFETIME)
    key, number, token = said
    upload = uploads.find(UUID(key))
    _may(token, Ability.WRITE_EXPERIMENTS, upload.package.project_id)
    part = uploads.put_part(upload, number, bodies.chunks(request), size=bodies.length(request))
    return HttpResponse(headers={"ETag": f'"{part.etag}"'})


def get_file(request: HttpRequest, seal: str) -> HttpResponseBase:
    """One file, whole or a part of it, as long as it is the one that the address was signed for."""
    file, blob, token = seals.opened(FILE, seal, kinds=(int, int, int), seconds=downloads.ADDRESS_LIFETIME)
    found = files.unchanged(file, blob)
    _may(token, Ability.READ_PACKAGES, found.package.project_id)
    if request.method == "HEAD":
        return downloads.described(found)
    return downloads.whole_or_part(files.opened_as_found(found, downloads.wanted_part(request)))


def _token(identity: Identity) -> int:
    if identity.token is None:
        raise Unauthenticated("401 Unauthorized")
    return identity.token.pk


def _may(token: int, ability: Ability, project: int) -> None:
    """Whoever asked for the address must still be allowed to do this."""
    try:
        policy.authorize(tokens.holder(token), ability, project)
    except Unauthenticated as refused:
        raise Forbidden(refused.message) from None


def _route(address: str, name: str, view: View, *methods: str) -> URLPattern:
    def answer(request: HttpRequest, seal: str) -> HttpResponseBase:
        try:
            if request.method not in methods:
                return errors.wrong_method(request.method, sorted(methods))
            return view(request, seal)
        except Exception as error:  # noqa: BLE001 - the dialect's handler is total
            return errors.answer(error)

    answer.__doc__ = view.__doc__
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    answer.signed = methods  # type: ignore[attr-defined]
    return path(address, answer, name=name)


urlpatterns = [
    _route("signed/parts/<str:seal>", "signed-part", put_part, "PUT"),
    _route("signed/files/<str:seal>", "signed-file", get_file, "GET", "HEAD"),
]
