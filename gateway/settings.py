"""The gateway's variables: where the services are, and how much and how often is too much."""

from pydantic import Field

from gateway.routes import Service
from services.chassis import settings


class Settings(settings.Settings):
    """Read once, in main.py, from the environment.  A `*_url` may list replicas, with commas."""

    catalog_url: str = "http://127.0.0.1:8001"
    bundle_url: str = "http://127.0.0.1:8002"
    approval_url: str = "http://127.0.0.1:8003"
    metrics_url: str = "http://127.0.0.1:8004"

    gateway_host: str = "127.0.0.1"
    gateway_port: int = 8000
    metrics_port: int = 0
    """Prometheus is served here, away from the door; 0: nowhere."""

    rate_limit: int = Field(600, gt=0)
    """Requests a minute of one principal, or of one address without a token."""
    streams_per_caller: int = Field(20, gt=0)
    head_bytes: int = 16 * 1024
    head_seconds: float = 10
    write_seconds: float = 30
    trusted_proxies: str = ""
    """Addresses whose X-Forwarded-For is believed, with commas: a load balancer's.  Without it, all
    who come through one share its address, and the quota of callers without a token."""
    cors_origins: str = ""
    """Origins whose pages may call the API from a browser, with commas."""
    keep_alive_seconds: int = 65
    """Longer than a usual load balancer keeps one, which then never meets a closed door."""
    json_bytes: int = 1024 * 1024
    json_depth: int = 32
    upload_bytes: int = 20 * 1024 * 1024
    buffered_bytes: int = 64 * 1024
    """Uploads and answers larger than this go through as a stream."""
    body_seconds: float = 30
    upload_seconds: float = 300
    answer_seconds: float = 30
    connect_seconds: float = 2
    refresh_seconds: float = 30
    """How often the services are asked for their OpenAPI documents, once they are known."""

    @property
    def origins(self) -> list[str]:
        return [one.strip().rstrip("/") for one in self.cors_origins.split(",") if one.strip()]

    def replicas(self, service: Service) -> tuple[str, ...]:
        urls: str = getattr(self, f"{service}_url")
        return tuple(url.strip().rstrip("/") for url in urls.split(",") if url.strip())
