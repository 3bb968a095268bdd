"""The door's own ways to say no, beside the domain's; each knows its status."""

from services.chassis.errors import NotFound, Refusal, Unavailable


class BadPath(Refusal):
    """This path could be read in more than one way."""

    zh = "该路径可能有不止一种读法。"


class NoSuchPath(NotFound):
    """No service answers this path."""

    zh = "没有服务对应这个路径。"


class MethodNotAllowed(Refusal):
    """This path does not answer this method."""

    zh = "该路径不支持此方法。"


class BodyTooLarge(Refusal):
    """The body is larger than this operation takes."""

    zh = "请求体超过了该操作的上限。"


class BodyTooDeep(Refusal):
    """The JSON is nested too deeply, or is not UTF-8."""

    zh = "JSON 嵌套过深，或不是 UTF-8 编码。"


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""

    zh = "请求体没有及时传完。"


class TooManyRequests(Refusal):
    """You have asked too often; wait a moment."""

    zh = "请求过于频繁，请稍候。"


class TooManyStreams(TooManyRequests):
    """You have too many event streams open; close one first."""

    zh = "打开的事件流过多，请先关闭一些。"


class ServiceDown(Unavailable):
    """The service behind this path is not reachable; nothing was done."""

    zh = "该路径背后的服务暂不可达，本次请求没有执行。"


class ConnectionBroke(Refusal):
    """The service broke off; whether the request took effect is not known."""

    zh = "服务中途断开，请求是否生效未知；请用同一个 Idempotency-Key 重试。"


class ServiceTooSlow(Refusal):
    """The service did not answer in time; whether the request took effect is not known."""

    zh = "服务没有及时答复，请求是否生效未知；请用同一个 Idempotency-Key 重试。"


STATUS: dict[type[Refusal], int] = {
    BadPath: 400,
    BodyTooDeep: 400,
    MethodNotAllowed: 405,
    BodyTooSlow: 408,
    BodyTooLarge: 413,
    TooManyRequests: 429,
    TooManyStreams: 429,
    ConnectionBroke: 502,
    ServiceTooSlow: 504,
}
"""What the chassis's own table cannot know."""


class ClientGone(Exception):
    """The client hung up before its request was complete: there is nobody to answer."""
