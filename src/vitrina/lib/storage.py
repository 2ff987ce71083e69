"""Where files live: a folder of this machine or an S3-compatible bucket, behind one small protocol.

OSError
└── StorageTrouble   the bucket took or gave nothing, or not all of it; worth trying again
"""

from __future__ import annotations

import mimetypes
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast
from urllib.parse import quote

MAX_NAME_BYTES = 900  # S3 keys hold 1,024
HALF_WRITTEN = ".saving-"  # how names of files begin that are being written to a disk
FOR_EVER = "public, max-age=31536000, immutable"


class BadName(ValueError):
    """The name cannot be one of a stored file: it leaves the folder, or holds what file systems refuse."""


class StorageTrouble(OSError):
    """`str(error)` is a sentence for the operator."""

    permanent = False


@dataclass(frozen=True, slots=True)
class Found:
    """A stored file. `size` in bytes; `changed_at` in UTC."""

    name: str
    size: int
    changed_at: datetime


class Storage(Protocol):
    """Names are relative paths with «/» («cards/7/front.webp»). Every method raises `BadName` for any other, and OSError
    where the disk or the bucket does not do as it should."""

    def save(self, name: str, stream: BinaryIO, *, media_type: str = "", is_lasting: bool = False) -> None:
        """Store all of `stream` under `name`, in place of what was there. Readers see the old or the new, whole.

        `media_type`: what a bucket serves it as; else told by the name. `is_lasting`: nothing else will ever stand under
        this name, so whoever reads it from a bucket may keep it.
        """

    def open(self, name: str) -> BinaryIO:
        """A binary stream the caller closes. Raises FileNotFoundError."""

    def exists(self, name: str) -> bool: ...

    def delete(self, name: str) -> None:
        """Nothing happens if there is no such file."""

    def walk(self, folder: str) -> Iterator[Found]:
        """Every whole file below a folder, in no order; none where there is no such folder."""

    def url(self, name: str) -> str:
        """Where a browser finds the file."""


class DiskStorage:
    """A folder. `base_url` is the address under which it is served («/media/»)."""

    def __init__(self, root: Path, base_url: str = "/media/") -> None:
        self._root = root.resolve()
        self._base_url = base_url.rstrip("/") + "/"

    def save(self, name: str, stream: BinaryIO, *, media_type: str = "", is_lasting: bool = False) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        # 1. Under a temporary name in the same folder, 2. forced to the disk, 3. given its name in one step,
        # 4. the folder's own entry forced to the disk: a power cut leaves the old file or the new one.
        handle, temporary = tempfile.mkstemp(prefix=HALF_WRITTEN, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(stream, file, 1024 * 1024)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def open(self, name: str) -> BinaryIO:
        try:
            return self._path(name).open("rb")
        except (IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFoundError(name) from error

    def exists(self, name: str) -> bool:
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        path = self._path(name)
        if path.is_file():
            path.unlink(missing_ok=True)

    def walk(self, folder: str) -> Iterator[Found]:
        for parent, _folders, names in os.walk(self._path(folder)):
            for name in names:
                if name.startswith(HALF_WRITTEN):
                    continue
                path = Path(parent) / name
                try:
                    told = path.stat()
                except FileNotFoundError:  # deleted meanwhile
                    continue
                place = path.relative_to(self._root).as_posix()
                yield Found(place, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))

    def url(self, name: str) -> str:
        check_name(name)
        return self._base_url + quote(name)

    def _path(self, name: str) -> Path:
        check_name(name)
        path = (self._root / name).resolve()  # follows links, so a link that leads outside is seen here
        if not path.is_relative_to(self._root):
            raise BadName(f"«{name[:100]}» leads outside of the storage folder.")
        return path


class S3Storage:
    """A bucket of S3, R2 or MinIO. boto3 is loaded at the first use.

    With `public_url` files are read at `public_url/name`; without it by links that are signed for `link_seconds`.
    """

    def __init__(
        self,
        bucket: str,
        *,
        endpoint_url: str | None = None,
        access_key_id: str | None = None,
        secret_access_key: str | None = None,
        region: str = "auto",
        public_url: str = "",
        link_seconds: int = 3600,
    ) -> None:
        self._bucket = bucket
        self._endpoint_url = endpoint_url
        self._access_key_id = access_key_id
        self._secret_access_key = secret_access_key
        self._region = region
        self._public_url = public_url.rstrip("/")
        self._link_seconds = link_seconds
        self._lock = threading.Lock()

    def save(self, name: str, stream: BinaryIO, *, media_type: str = "", is_lasting: bool = False) -> None:
        check_name(name)
        kind = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        said = {"ContentType": kind} | ({"CacheControl": FOR_EVER} if is_lasting else {})
        # upload_fileobj closes what it was given; the caller's stream stays the caller's to close.
        with (
            tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024) as copy,
            _told(f"«{name}» was not stored"),
        ):
            shutil.copyfileobj(stream, copy, 1024 * 1024)
            size = copy.tell()
            copy.seek(0)
            self._client.upload_fileobj(copy, self._bucket, name, ExtraArgs=said)
            # A proxy on the way may say «taken» to half of it.
            taken = self._client.head_object(Bucket=self._bucket, Key=name)["ContentLength"]
        if taken != size:
            raise StorageTrouble(f"«{name}» was not stored whole: the bucket has {taken} bytes of {size}.")

    def open(self, name: str) -> BinaryIO:
        check_name(name)
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the caller closes it
        try:
            with _told(f"«{name}» could not be read"):
                self._client.download_fileobj(self._bucket, name, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return cast(BinaryIO, file)

    def exists(self, name: str) -> bool:
        check_name(name)
        try:
            with _told(f"«{name}» could not be looked for"):
                self._client.head_object(Bucket=self._bucket, Key=name)
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        check_name(name)
        with _told(f"«{name}» was not deleted"):
            self._client.delete_object(Bucket=self._bucket, Key=name)

    def walk(self, folder: str) -> Iterator[Found]:
        check_name(folder)
        with _told(f"The files of «{folder}» could not be listed"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=f"{folder}/"):
                for row in page.get("Contents", []):
                    yield Found(row["Key"], row["Size"], row["LastModified"].astimezone(UTC))

    def url(self, name: str) -> str:
        check_name(name)
        if self._public_url:
            return f"{self._public_url}/{quote(name)}"
        return str(
            self._client.generate_presigned_url(
                "get_object", Params={"Bucket": self._bucket, "Key": name}, ExpiresIn=self._link_seconds
            )
        )

    @cached_property
    def _client(self) -> Any:
        with (
            self._lock
        ):  # sessions are not safe to build from many threads at once; clients are safe to share
            import boto3
            from botocore.config import Config

            return boto3.session.Session().client(
                "s3",
                endpoint_url=self._endpoint_url,
                aws_access_key_id=self._access_key_id,
                aws_secret_access_key=self._secret_access_key,
                region_name=self._region,
                config=Config(
                    connect_timeout=10, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"}
                ),
            )


def check_name(name: str) -> None:
    """Raises `BadName` unless `name` is a plain relative path that every storage can hold."""
    parts = name.split("/")
    if any(part in ("", ".", "..") or part != part.strip() for part in parts):
        raise BadName(f"«{name[:100]}» is not a plain relative path.")
    if "\\" in name or ":" in name or any(ord(character) < 32 or ord(character) == 127 for character in name):
        raise BadName(f"«{name[:100]}» holds a character that file names may not.")
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise BadName("The name holds half a character (a lone surrogate).") from error
    if size > MAX_NAME_BYTES or any(len(part.encode("utf-8")) > 255 for part in parts):
        raise BadName(f"The name is too long: «{name[:60]}…».")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """boto3's own errors as ours: FileNotFoundError for what isn't there, StorageTrouble for the rest."""
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if _is_missing(error):
            raise FileNotFoundError(what) from error
        raise StorageTrouble(f"{what}: {error}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageTrouble(f"{what}: {error}") from error


def _is_missing(error: Any) -> bool:
    return str(error.response.get("Error", {}).get("Code")) in ("404", "NoSuchKey", "NotFound")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
