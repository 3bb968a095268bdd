"""A certificate as its holder opens it, and as anybody verifies it: by what its QR code says."""

import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from deploy.example.demo import qr
from deploy.example.demo.checks import Wrong
from deploy.example.demo.door import Door

Json = dict[str, Any]


class Certificate:
    def __init__(self, door: Door, held: Json) -> None:
        self.door, self.path = door, f"/api/wallet/{held['id']}/certificate"

    async def page(self) -> str:
        headers = {"Authorization": f"Bearer {self.door.token}"}
        answer = await self.door.client.get(self.path, headers=headers)
        answer.raise_for_status()
        return answer.text

    async def link(self) -> str:
        """What a telephone reads from the page; the link printed beside it must be the same."""
        page = await self.page()
        read = qr.read(page)
        printed = re.search(r'href="([^"]+)"', page)
        if printed is None or html.unescape(printed[1]) != read:
            raise Wrong(f"the QR code says {read}, the page something else")
        return read

    async def verify(self) -> Json:
        """Anybody may: no token goes along."""
        answer = await self.door.client.get(await self.link())
        answer.raise_for_status()
        return dict(answer.json())

    async def guess(self) -> None:
        """A number with a code that is not its own tells nothing."""
        url = urlsplit(await self.link())
        [code] = parse_qs(url.query)["code"]
        wrong = {"code": code[::-1] if code[::-1] != code else code[1:]}
        answer = await self.door.client.get(url._replace(query="").geturl(), params=wrong)
        if answer.status_code != httpx.codes.NOT_FOUND:
            raise Wrong(f"a guessed code is answered {answer.status_code}")
