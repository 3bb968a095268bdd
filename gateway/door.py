"""Who comes in: whose token it is, how many requests that caller has left, what its roles allow."""

from ipaddress import IPv6Address

from gateway import routes
from gateway.headers import header
from gateway.policy import Operation, Policies
from gateway.quota import Quota
from gateway.refusals import TooManyRequests
from gateway.routes import Destination
from gateway.visit import Visit
from services.chassis.errors import Unauthenticated
from services.chassis.identity import Excluded, Principal, Verifies

MERGED = {path: Operation(path, frozenset({"operator"})) for path in routes.MERGED}
"""The paths that the gateway answers itself."""


class Door:
    """Judges a request by everything but its body."""

    def __init__(self, verifier: Verifies, quota: Quota, policies: Policies) -> None:
        self._verifier = verifier
        self._quota = quota
        self._policies = policies

    async def identify(self, visit: Visit) -> None:
        """Verify the token, if one came, and count the request.

        A token that is no good is counted against its address, or guessing would be free.
        """
        try:
            visit.principal = await self._principal(header(visit.headers, b"authorization"))
            if visit.principal is not None:
                visit.caller = f"sub:{visit.principal.sub}"
        finally:
            self._count(visit)

    def authorise(self, visit: Visit, target: Destination) -> Operation:
        """The operation's policy, if this caller satisfies it."""
        if target.service is None:
            operation = MERGED[target.path]
        else:
            operation = self._policies.find(target.service, visit.method, target.path)
        visit.operation = operation
        if operation.public:
            return operation
        if visit.principal is None:
            raise Unauthenticated("请在 Authorization 中带上 Bearer 令牌。", "Send a Bearer token.")
        if operation.restricted and not operation.roles & visit.principal.roles:
            needed = ", ".join(sorted(operation.roles))
            raise Excluded(f"需要的角色：{needed}。", f"It takes one of: {needed}.")
        return operation

    async def _principal(self, authorization: bytes) -> Principal | None:
        if not authorization:
            return None
        scheme, _, token = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("请在 Authorization 中带上 Bearer 令牌。", "Send a Bearer token.")
        return await self._verifier.principal(token.strip())

    def _count(self, visit: Visit) -> None:
        visit.allowance = self._quota.take(visit.caller)
        if not visit.allowance.allowed:
            wait = visit.allowance.wait
            raise TooManyRequests(
                f"请在 {wait} 秒后重试。", f"Try again in {wait} s.", retry_after=wait
            )


def address(client: tuple[str, int] | None) -> str:
    """An anonymous caller: its address, or the network an IPv6 subscriber is given (a /64)."""
    host = client[0] if client else "unknown"
    if ":" in host:
        network = IPv6Address(host.partition("%")[0]).packed[:8].hex()
        return f"net:{network}"
    return f"net:{host}"
