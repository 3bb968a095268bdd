"""The development issuer's two pages, plainly marked: who do you want to be?"""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple


class Persona(NamedTuple):
    """Somebody to be.  The name stays on the page; tokens carry the account id only."""

    name: str
    what: str
    sub: str
    roles: str
    acr: str = "2"
    department: str = ""
    enterprise: str = ""
    point: str = ""


PERSONAS = (
    Persona("张三", "申请人 applicant", "zhang-san", "citizen"),
    Persona("李四", "申请人，高级实名 applicant, high assurance", "li-si", "citizen", acr="3"),
    Persona(
        "好味餐饮（法人登录）",
        "企业法人 acting for an enterprise",
        "haowei-legal-person",
        "citizen",
        acr="3",
        enterprise="91330106MA2CFX0L0W",
    ),
    Persona("王五", "综合窗口 clerk at the window", "wang-wu", "clerk"),
    Persona(
        "陈七",
        "乡镇便民服务中心 clerk of a township",
        "chen-qi",
        "clerk",
        point="township-05",
    ),
    Persona("赵六", "审批局 approval bureau", "zhao-liu", "bureau"),
    Persona("孙七", "平台运维 operator", "sun-qi", "operator"),
)

PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>开发用登录 · development sign-in</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem }}
.warning {{ border: 2px solid #b00020; padding: .5rem 1rem; color: #b00020 }}
form {{ margin: .5rem 0 }} button {{ font: inherit; padding: .3rem .8rem }}
label {{ display: block; margin: .3rem 0 }}
</style>
<p class="warning" role="note"><strong>仅供开发使用：不验证任何人的身份。</strong><br>
<span lang="en">For development only: nobody's identity is checked.</span></p>
{body}
</html>
"""


def front(url: str) -> str:
    discovery = escape(f"{url}/.well-known/openid-configuration")
    return PAGE.format(
        body=f"""<h1>开发用身份签发方 <span lang="en">Development issuer</span></h1>
<p><a href="{discovery}">{discovery}</a></p>
<p>命令行取令牌 <span lang="en">A token on the command line</span>:
<code>onevisit token --role officer --department fire --sub wang</code></p>"""
    )


def choice(asked: Mapping[str, str]) -> str:
    """One button per persona, and a form to be somebody else."""
    kept = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">'
        for key, value in asked.items()
    )
    ready = "".join(_button(one, kept) for one in PERSONAS)
    fields = "".join(
        f'<label>{label} <input name="{name}" value="{value}"></label>'
        for name, label, value in (
            ("sub", "账号 account", ""),
            ("roles", "角色 roles", "officer"),
            ("department", "部门 department", ""),
            ("acr", "实名等级 acr", "2"),
            ("enterprise", "统一社会信用代码 credit code", ""),
            ("point", "服务点 service point", ""),
        )
    )
    return PAGE.format(
        body=f"""<h1>以谁的身份登录？ <span lang="en">Sign in as</span></h1>
{ready}
<h2>其他身份 <span lang="en">Somebody else</span></h2>
<form method="post" action="/authorize">{kept}{fields}
<button>登录 Sign in</button></form>"""
    )


def _button(one: Persona, kept: str) -> str:
    own = "".join(
        f'<input type="hidden" name="{key}" value="{escape(getattr(one, key))}">'
        for key in ("sub", "roles", "acr", "department", "enterprise", "point")
    )
    return (
        f'<form method="post" action="/authorize">{kept}{own}'
        f"<button>{escape(one.name)}</button> {escape(one.what)}</form>"
    )
