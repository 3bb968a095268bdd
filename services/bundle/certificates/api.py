"""The HTTP face of certificates: for their holders' eyes."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse

from services.bundle.certificates import actions, pages
from services.bundle.certificates.seals import SealService
from services.bundle.parties.sealing import Seals
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]

router = APIRouter(tags=["bundle"])


@router.get("/wallet/{evidence}/certificate", response_class=HTMLResponse)
async def page(
    evidence: UUID, who: Applicant, tx: Tx, sealer: Seals, request: Request
) -> HTMLResponse:
    """证照页面 / A certificate to read, with the QR code by which anybody verifies it."""
    certificate = await actions.open_for(tx, who, evidence, sealer)
    seals: SealService = request.app.state.seals
    mark, url = seals.mark(certificate.sealed_by), request.app.state.settings.public_url
    return HTMLResponse(pages.page(certificate, mark, url))


@router.get("/wallet/{evidence}/certificate.pdf", response_class=Response)
async def printed(
    evidence: UUID, who: Applicant, tx: Tx, sealer: Seals, request: Request
) -> Response:
    """证照 PDF / The same to print or to send, with the authority's e-seal where it has a seal
    service."""
    certificate = await actions.open_for(tx, who, evidence, sealer)
    seals: SealService = request.app.state.seals
    mark, url = seals.mark(certificate.sealed_by), request.app.state.settings.public_url
    document = await asyncio.to_thread(pages.pdf, certificate, mark, url)
    sealed = await seals.seal(certificate.sealed_by, document)
    named = {"content-disposition": f'inline; filename="{certificate.number}.pdf"'}
    return Response(sealed, media_type="application/pdf", headers=named)
