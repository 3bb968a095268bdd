"""The variables every service reads; a service that needs more subclasses this."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, in main.py, from the environment."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = "postgresql+asyncpg://localhost/postgres"
    pool_size: int = 12
    """Connections for requests, and as many for swift statements; consumers have four of theirs."""
    nats_url: str = "nats://127.0.0.1:4222"
    oidc_issuer: str = "http://127.0.0.1:8010"
    oidc_audience: str = "onevisit"
    log_level: str = "INFO"
    replica: str = "1"
    development_clock: str = ""
    """A file that says by how many seconds the clock runs ahead; see development.py."""
