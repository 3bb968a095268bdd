"""The frame of our own HTML pages: one style sheet, no scripts, nothing from other hosts."""

import re
from html import escape

LINKS = (
    ("/", "首页", "Home"),
    ("/docs", "接口", "REST API"),
    ("/events", "事件", "Events"),
)


def page(title: str, here: str, body: str, kind: str = "narrow own") -> str:
    """A whole document around `body`, which is HTML already; `kind` names its styles."""
    links = "".join(
        f"<a href='{path}'{' aria-current=page' if path == here else ''}>{zh} "
        f"<span lang=en>{en}</span></a>"
        for path, zh, en in LINKS
    )
    return (
        "<!doctype html><html lang=zh-CN><head><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{escape(title)}</title>"
        "<link rel=icon href=/assets/icon.svg><link rel=stylesheet href=/assets/style.css></head>"
        f"<body><header class=top><a class=brand href=/>一件事一次办</a>{links}</header>"
        f"<div class='{kind}'>{body}</div></body></html>"
    )


def prose_html(text: str) -> str:
    """Paragraphs, `code` and **bold** of a plain text."""
    paragraphs = []
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        paragraphs.append(f"<p>{line_html(paragraph)}</p>")
    return "".join(paragraphs)


def line_html(text: str) -> str:
    """`code` and **bold** of a single paragraph."""
    html = escape(" ".join(text.split()), quote=False)
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", html)
    return re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", html)
