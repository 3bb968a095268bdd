"""The page at `/events`: every event, its fields and an example, as plain HTML of our own."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from gateway.reference import asyncapi, prose
from gateway.reference.asyncapi import PARTNER, Described
from gateway.reference.layout import line_html, page, prose_html

Json = dict[str, Any]

WHO = {
    "catalog": "目录 catalog",
    "bundle": "一件事 bundle",
    "approval": "审批 approval",
    "metrics": "指标 metrics",
    PARTNER: "部门系统 department",
}
REF = "#/components/schemas/"


def render() -> str:
    """The whole page.  It says what the AsyncAPI document says; that one is for programs."""
    events = asyncapi.events()
    schemas = asyncapi.schemas()
    words = {name: one for name, one in schemas.items() if name not in {e.name for e in events}}
    body = (
        f"<nav class=index>{_index(events, words)}</nav><main>"
        f"<h1>事件目录 <small lang=en>Events</small></h1>{prose_html(prose.ABOUT_EVENTS)}"
        "<p>同样的内容，供程序读取 The same for programs: "
        "<a href=/asyncapi.json>asyncapi.json</a> (AsyncAPI 3)</p>"
        f"{_streams(events)}{_partners()}{_envelope()}"
        f"{''.join(_group(events, stream) for stream in _stream_names(events))}"
        f"<h2 id=words>词汇 <small lang=en>Words inside events</small></h2>"
        f"{''.join(_word(name, one) for name, one in words.items())}</main>"
    )
    return page("事件目录 · Events", "/events", body, "wide own")


def _stream_names(events: Iterable[Described]) -> list[str]:
    return list(dict.fromkeys(one.kind.stream for one in events))


def _index(events: list[Described], words: Json) -> str:
    groups = []
    for stream in _stream_names(events):
        links = "".join(
            f"<li><a href='#{one.kind.type}'>{escape(one.kind.type)}</a></li>"
            for one in events
            if one.kind.stream == stream
        )
        groups.append(f"<h3>{escape(stream)}</h3><ul>{links}</ul>")
    listed = "".join(f"<li><a href='#{name}'>{name}</a></li>" for name in words)
    return "".join(groups) + f"<h3>词汇 Words</h3><ul>{listed}</ul>"


def _streams(events: list[Described]) -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{escape(one['stream'])}</code></th>"
        f"<td>{_codes(one['subjects'])}</td>"
        f"<td>{_who(one['publishers'])}</td><td>{_who(one['readers'])}</td></tr>"
        for one in asyncapi.streams(events)
    )
    return (
        "<h2 id=streams>流 <small lang=en>Streams</small></h2><div class='scroll streams'><table>"
        "<thead><tr><th>流 Stream</th><th>主题 Subjects</th><th>谁发布 Publisher</th>"
        f"<th>谁接收 Readers</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _partners() -> str:
    return (
        "<h2 id=partners>部门系统如何接入 <small lang=en>How a department's system joins"
        f"</small></h2>{prose_html(prose.ABOUT_BROKER)}{prose_html(prose.PARTNER_LOOP)}"
    )


def _envelope() -> str:
    rows = "".join(
        f"<tr><th scope=row><code>{name}</code></th><td>{escape(text)}</td></tr>"
        for name, text in prose.ENVELOPE.items()
    )
    return (
        "<h2 id=envelope>信封 <small lang=en>Envelope: CloudEvents 1.0</small></h2>"
        "<div class=scroll><table><thead><tr><th>字段 Field</th><th>含义 Meaning</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _group(events: list[Described], stream: str) -> str:
    cards = "".join(_card(one) for one in events if one.kind.stream == stream)
    return f"<h2>{escape(stream)}</h2>{cards}"


def _card(one: Described) -> str:
    own = ""
    if one.publisher == PARTNER:
        own = f"<dt>在部门账户内 In its account</dt><dd><code>{one.said_by_partners}</code></dd>"
    return (
        f"<article id='{one.kind.type}'><h3><code>{one.kind.type}</code></h3>"
        f"<p class=lead>{line_html(one.summary)}</p>{prose_html(one.rest)}"
        f"<dl><dt>主题 Subject</dt><dd><code>{escape(one.kind.route)}</code></dd>{own}"
        f"<dt>谁发布 Publisher</dt><dd>{_who([one.publisher])}</dd>"
        f"<dt>谁接收 Readers</dt><dd>{_who(one.readers)}</dd>"
        f"<dt>聚合 Aggregate</dt><dd><code>data.{one.kind.aggregate}</code></dd></dl>"
        f"{_fields(one.schema)}"
        "<details><summary>示例 Example</summary>"
        f"<pre>{escape(json.dumps(one.example, ensure_ascii=False, indent=2))}</pre>"
        "</details></article>"
    )


def _word(name: str, schema: Json) -> str:
    about = f"<p class=lead>{line_html(schema.get('description', ''))}</p>"
    return f"<article id='{name}'><h3><code>{name}</code></h3>{about}{_fields(schema)}</article>"


def _fields(schema: Json) -> str:
    properties = schema.get("properties", {})
    required = set(schema.get("required", ()))
    noted = any("description" in one for one in properties.values())
    rows = "".join(
        f"<tr><th scope=row><code>{name}</code></th><td>{_type(one)}</td>"
        f"<td>{'必有 always' if name in required else '可缺 optional'}</td>"
        f"{_note(one) if noted else ''}</tr>"
        for name, one in properties.items()
    )
    return (
        "<div class=scroll><table><thead><tr><th>字段 Field</th><th>类型 Type</th>"
        f"<th>是否必有 Presence</th>{'<th>说明 Notes</th>' if noted else ''}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _note(schema: Json) -> str:
    return f"<td>{line_html(schema.get('description', ''))}</td>"


def _type(schema: Json) -> str:
    """A type in a few words, with a link where it is one of our own."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(one))}</code>" for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[ {_type(schema['items'])} ]"
    return escape(schema.get("format") or schema.get("type", "any")) + _bounds(schema)


def _bounds(schema: Json) -> str:
    if "pattern" in schema:
        return f" <code class=pattern>{escape(schema['pattern'])}</code>"
    if "minimum" in schema and "maximum" in schema:
        return f" {schema['minimum']}–{schema['maximum']}"
    return f" ≤ {schema['maxLength']}" if "maxLength" in schema else ""


def _codes(texts: Iterable[str]) -> str:
    return "<br>".join(f"<code>{escape(text)}</code>" for text in texts)


def _who(names: Iterable[str]) -> str:
    return "、".join(WHO[name] for name in names)
