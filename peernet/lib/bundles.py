"""Archives that are read for years: tables for people, for spreadsheets and for programs, files as
they are, and a list of checksums that `sha256sum -c` understands."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, BinaryIO, Self

from django.core.serializers.json import DjangoJSONEncoder

from peernet.lib import exports

SUMS = "SHA256SUMS"
CHECK = f"sha256sum -c {SUMS}"
CHUNK = 1 << 16


class Bundle:
    """A zip that is written from front to back, in little memory; closing it adds the checksums."""

    def __init__(self, to: Any) -> None:
        self._zip = zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED)
        self._sums: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _fault: BaseException | None,
        _where: TracebackType | None,
    ) -> None:  # fmt: skip
        if kind is None:
            listed = "".join(f"{digest}  {name}\n" for digest, name in self._sums)
            self._zip.writestr(SUMS, listed)
        self._zip.close()

    def add(self, name: str, content: str | bytes) -> None:
        """A whole file at that name."""
        self.stream(name, [content.encode() if isinstance(content, str) else content])

    def stream(self, name: str, chunks: Iterable[bytes], *, packed: bool = False) -> None:
        """A file that is made while it is written. `packed`: it would become no smaller."""
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digest = hashlib.sha256()
        with self._zip.open(entry, "w", force_zip64=True) as to:
            for chunk in chunks:
                digest.update(chunk)
                to.write(chunk)
        self._sums.append((digest.hexdigest(), name))

    def copy(self, name: str, content: BinaryIO) -> None:
        """A file as it is: pictures and documents are packed already."""
        self.stream(name, iter(lambda: content.read(CHUNK), b""), packed=True)


def as_json(names: Sequence[str], batches: Iterable[list[tuple]]) -> Iterable[bytes]:
    """Rows as one JSON array, a row on each line."""
    yield b"["
    between = "\n"
    for batch in batches:
        for row in batch:
            line = json.dumps(
                dict(zip(names, row, strict=True)), cls=DjangoJSONEncoder, ensure_ascii=False
            )
            yield (between + line).encode()
            between = ",\n"
    yield b"\n]\n"


def as_csv(
    labels: Sequence[str], batches: Iterable[list[tuple]], words: Sequence[Callable[[Any], str]]
) -> Iterable[bytes]:
    """Rows for a spreadsheet; no cell of them is a formula."""
    yield exports.as_csv(labels, [])
    for batch in batches:
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        for row in batch:
            cells = [word(value) for word, value in zip(words, row, strict=True)]
            writer.writerow([exports.plain(cell) for cell in cells])
        yield file.getvalue().encode()
