"""An object store for tests: bucket://NAME below the folder that KAMNB_TEST_BUCKET names; it cannot rename, append or show half a file.

Importing it (dask worker --preload) makes the address known to fsspec.
"""

import os

import fsspec
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem


class Bucket(DirFileSystem):
    """Whole objects under keys, as S3 has them."""

    protocol = "bucket"
    cachable = False

    def __init__(self, **options):
        super().__init__(path=os.environ["KAMNB_TEST_BUCKET"], fs=LocalFileSystem(auto_mkdir=True), **options)

    @classmethod
    def _strip_protocol(cls, path):
        return path.removeprefix("bucket://").rstrip("/")

    def unstrip_protocol(self, name):
        return f"bucket://{name}"

    def makedirs(self, path, exist_ok=False):
        """Keys need no folders."""

    def open(self, path, mode="rb", **options):
        if mode != "rb":
            raise NotImplementedError("objects are put whole")
        return super().open(path, mode, **options)

    def mv(self, *_paths, **_options):
        raise NotImplementedError("objects have no other name")

    rename = move = mv_file = mv


fsspec.register_implementation("bucket", Bucket, clobber=True)
