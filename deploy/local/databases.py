"""Roles, databases and tables: what must be there before the services start."""

import asyncio
import shutil
import sys
from urllib.parse import unquote, urlsplit, urlunsplit

from deploy.local import children
from deploy.local.choices import ROOT, SERVICES
from deploy.local.plan import Plan
from deploy.local.postgres_home import programs
from deploy.local.together import together
from deploy.local.trouble import Trouble

INIT = ROOT / "deploy" / "postgres" / "init.sql"


async def prepare(plan: Plan) -> None:
    """One role and database per service, each brought to its newest migration."""
    await _make_roles_and_databases(plan)
    await together(*(migrate(plan.database_url(service), service) for service in SERVICES))


async def migrate(database_url: str, service: str) -> None:
    env = {"DATABASE_URL": database_url}
    command = [sys.executable, "-m", "alembic", "-n", service, "upgrade", "head"]
    await _run(command, env, f"迁移 {service} 数据库", f"Migrating the database of {service}")


async def _make_roles_and_databases(plan: Plan) -> None:
    server = urlsplit(plan.admin_url())
    env = {
        f"{name.upper()}_PASSWORD": plan.secrets.password(f"database-{name}") for name in SERVICES
    }
    # Arguments can be read by everybody on the machine, the environment cannot.
    env["PGPASSWORD"] = unquote(server.password or "")
    user, host = server.username or "postgres", server.netloc.rpartition("@")[2]
    url = urlunsplit(("postgresql", f"{user}@{host}", server.path, server.query, ""))
    command = [_psql(), "-X", "-q", url, "-f", str(INIT)]
    await _run(command, env, "创建数据库角色", "Making the roles and databases")


def _psql() -> str:
    own = programs() / "psql"
    return str(own) if own.exists() else shutil.which("psql") or "psql"


async def _run(command: list[str], env: dict[str, str], zh: str, en: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=children.environment(env),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        output = (await process.communicate())[0].decode(errors="replace").strip()
    finally:
        if process.returncode is None:  # we were called off
            process.kill()
            await process.wait()
    if process.returncode:
        told = "\n".join(output.splitlines()[-20:])
        raise Trouble(f"{zh}失败：", f"{en} failed:\n{told}")
