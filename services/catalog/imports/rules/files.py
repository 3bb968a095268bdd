"""What kind of file somebody sent, and why it is not taken."""

from services.chassis.errors import Flaw, Invalid, TooLarge

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000
MOST_CELLS = 2_500_000
MOST_COLUMNS = 400
MOST_ITEMS = 10_000

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class FileRefused(Invalid):
    """This file cannot be read as a workbook or as JSON."""

    zh = "不能把这个文件当作工作簿或 JSON 读取。"


class FileTooLarge(TooLarge):
    """The file is larger than an import takes."""

    zh = "文件超过了导入的上限。"


def refused(zh: str, en: str) -> FileRefused:
    return FileRefused(errors=[Flaw("/file", zh, en)])


def too_large(zh: str, en: str) -> FileTooLarge:
    return FileTooLarge(errors=[Flaw("/file", zh, en)])


def check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise too_large("至多 20 MiB。", "At most 20 MiB.")


def kind(content: bytes) -> str:
    """`xlsx` or `json`, by the content alone; raises FileRefused for everything else."""
    if not content.strip():
        raise refused("文件是空的。", "The file is empty.")
    if content.startswith(ZIP):
        return "xlsx"
    if content.startswith(OLE):
        raise _old(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return "json"
    raise refused(
        "应为 .xlsx 工作簿或 JSON 文件；CSV 等请先用 Excel 另存为 .xlsx。",
        "This should be an .xlsx workbook or JSON; save CSV and others as .xlsx first.",
    )


def _old(content: bytes) -> FileRefused:
    if ENCRYPTED in content:
        return refused(
            "工作簿有打开密码；请去掉密码后再上传。",
            "The workbook has a password; remove it and send it again.",
        )
    return refused(
        "这是旧的 .xls 格式；请用 Excel 另存为 .xlsx。",
        "This is the old .xls format; save it as .xlsx.",
    )


def damaged() -> FileRefused:
    return refused(
        "文件已损坏或不是 .xlsx 工作簿；请用 Excel 打开后另存为 .xlsx。",
        "The file is damaged or no .xlsx workbook; open it in Excel and save it as .xlsx.",
    )


def with_macros() -> FileRefused:
    return refused(
        "工作簿含有宏；请另存为不含宏的 .xlsx。",
        "The workbook has macros; save it as .xlsx without them.",
    )


def too_much() -> FileTooLarge:
    return too_large(
        "解压后的内容过大；请删去多余的行列和格式，或分成几个文件。",
        "What is packed in it is too large; remove what is not needed, or send several files.",
    )
