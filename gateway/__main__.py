"""`python -m gateway`: the app under uvicorn, with the protocol that minds slow clients."""

import uvicorn

from gateway.main import make
from gateway.protocol import patient_protocol
from gateway.settings import Settings


def main() -> None:
    settings = Settings()
    uvicorn.run(
        make(settings),
        host=settings.gateway_host,
        port=settings.gateway_port,
        loop="uvloop",
        http=patient_protocol(settings),
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
