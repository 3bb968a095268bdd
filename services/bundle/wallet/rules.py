"""What may be uploaded.  Plain values, no I/O."""

from services.chassis.errors import Flaw, Invalid

# What a clerk can open and a printer can print.
MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
MOST_BYTES = 20 * 1024 * 1024
DEPARTMENTS = frozenset({"officer", "inspector", "partner"})
"""Roles whose uploads are their department's."""


class UploadRefused(Invalid):
    """This file cannot be taken."""

    zh = "不能接收这个文件。"


def check_upload(content: bytes, looks_like: str) -> str:
    """The media type, judged by the content alone."""
    if not content:
        raise UploadRefused(errors=[Flaw("/file", "文件是空的。", "The file is empty.")])
    if len(content) > MOST_BYTES:
        raise UploadRefused(errors=[Flaw("/file", "至多 20 MiB。", "At most 20 MiB.")])
    if looks_like not in MEDIA_TYPES:
        flaw = "应为 PDF、JPEG 或 PNG。", "This should be a PDF, JPEG or PNG file."
        raise UploadRefused(errors=[Flaw("/file", *flaw)])
    return looks_like
