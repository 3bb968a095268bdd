"""A certificate as a page and as a PDF.  Both are whole in themselves: no other file is fetched."""

import io
from html import escape
from typing import Any

import segno

from services.bundle.certificates.actions import Certificate
from services.bundle.certificates.seals import Mark

FONT = "STSong-Light"
"""Adobe's name for a Chinese face that PDF readers bring along; the file holds no font."""


def verification(certificate: Certificate, public_url: str) -> str:
    """Where anybody verifies it; what the QR code says."""
    path = f"/api/results/{certificate.number}/verification?code={certificate.code}"
    return public_url.rstrip("/") + path


def rows(certificate: Certificate) -> list[tuple[str, str, str]]:
    """(Chinese, English, value), in the order in which they stand on the page."""
    until = certificate.valid_until
    return [
        *((line.name, line.name_en, line.value) for line in certificate.lines),
        ("颁发机关", "Issued by", certificate.authority),
        ("证照编号", "Certificate number", certificate.issuer_number),
        ("有效期", "Valid", f"{certificate.valid_from} – {until or '长期 no end'}"),
        ("回执号", "Receipt", certificate.number),
        ("校验码", "Code", certificate.code),
    ]


ENDED = {
    "withdrawn_by_authority": ("本证照已被撤回", "This certificate was withdrawn by the authority"),
    "revoked": ("本证照已被撤销", "This certificate was revoked"),
    "cancelled_as_penalty": ("本证照已被吊销", "This certificate was cancelled as a penalty"),
    "deregistered": ("本证照已注销", "This certificate was deregistered"),
}


REPLACED = {
    "renewal": ("本证照已延续换发新证", "Renewed: another certificate counts in its place"),
    "change": ("本证照已变更换发新证", "Changed: another certificate counts in its place"),
    "replacement": ("本证照已补发新证", "Issued again: another certificate counts in its place"),
}


def stamp(certificate: Certificate, mark: Mark) -> tuple[str, str]:
    """What stands in red: that it counts no longer, or what bears the seal."""
    if certificate.ended_as:
        return ENDED.get(certificate.ended_as, ("本证照已失效", "This certificate has ended"))
    if certificate.replaced_as:
        return REPLACED[certificate.replaced_as]
    return mark.zh, mark.en


def page(certificate: Certificate, mark: Mark, public_url: str) -> str:
    """HTML.  Every value is somebody's and is escaped."""
    link = verification(certificate, public_url)
    zh_mark, en_mark = stamp(certificate, mark)
    code = segno.make(link, error="m").svg_inline(scale=4)
    lines = "\n".join(
        f"<tr><th>{escape(zh)} <small>{escape(en)}</small></th><td>{escape(value)}</td></tr>"
        for zh, en, value in rows(certificate)
    )
    return f"""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(certificate.title)}</title>
<style>{STYLE}</style></head>
<body><main>
<h1>{escape(certificate.title)} <small>{escape(certificate.title_en)}</small></h1>
<p>{escape(certificate.item)}</p>
<table>{lines}</table>
<figure>{code}<figcaption>扫码查验 <small>Scan to verify</small><br>
<a href="{escape(link)}">{escape(link)}</a></figcaption></figure>
<p class="seal">{escape(zh_mark)} <small>{escape(en_mark)}</small></p>
</main></body></html>
"""


STYLE = """
body { font: 16px/1.7 system-ui, "Noto Sans CJK SC", sans-serif; color: #16201d; margin: 0; }
main { max-width: 44rem; margin: 2rem auto; padding: 2rem; border: 1px solid #cfd8d4; }
h1 { margin-top: 0; } small { color: #5c6b65; font-weight: normal; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #e3e8e6; }
th { width: 40%; font-weight: 600; }
figure { margin: 1.5rem 0; } figcaption a { word-break: break-all; }
.seal { color: #a11; border: 1px solid #a11; display: inline-block; padding: .2rem .8rem; }
@media print { main { border: 0; margin: 0; } }
"""


def pdf(certificate: Certificate, mark: Mark, public_url: str) -> bytes:
    """A4.  Takes tens of milliseconds of CPU: call it in a thread."""
    # Imported here: it costs a third of a second that most processes never need.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table

    title, text, seal = _styles()
    cells = [
        [Paragraph(f"{escape(zh)} {escape(en)}", text), Paragraph(escape(value), text)]
        for zh, en, value in rows(certificate)
    ]
    picture = io.BytesIO()
    link = verification(certificate, public_url)
    segno.make(link, error="m").save(picture, kind="png", scale=6)
    picture.seek(0)
    story: list[Any] = [
        Paragraph(escape(certificate.title), title),
        Paragraph(escape(certificate.title_en), text),
        Spacer(1, 6 * mm),
        Table(cells, colWidths=[60 * mm, 100 * mm], style=[("VALIGN", (0, 0), (-1, -1), "TOP")]),
        Spacer(1, 6 * mm),
        Image(picture, 40 * mm, 40 * mm, hAlign="LEFT"),
        Paragraph(f"扫码查验 Scan to verify: {escape(link)}", text),
        Spacer(1, 6 * mm),
        Paragraph(escape(" ".join(stamp(certificate, mark))), seal),
    ]
    out = io.BytesIO()
    named = f"{certificate.title} {certificate.number}"
    SimpleDocTemplate(out, pagesize=A4, title=named, author=certificate.authority).build(story)
    return out.getvalue()


def _styles() -> tuple[Any, Any, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    text = ParagraphStyle("text", fontName=FONT, fontSize=11, leading=17, wordWrap="CJK")
    title = ParagraphStyle("title", text, fontSize=22, leading=30)
    seal = ParagraphStyle("seal", text, textColor=HexColor("#aa1111"))
    return title, text, seal
