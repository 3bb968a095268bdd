"""The pages at `/` and `/docs`."""

from gateway.reference import prose
from gateway.reference.layout import page, prose_html

DOORS = (
    (
        "/docs",
        "接口文档 REST API",
        "所有服务一页 OpenAPI 3.1，可直接试用。 All services on one page.",
    ),
    ("/events", "事件目录 Events", "服务与部门系统之间说的话。 What services and departments say."),
    ("/openapi.json", "openapi.json", "供程序读取。 For programs."),
    ("/asyncapi.json", "asyncapi.json", "供程序读取。 For programs."),
    ("/health/ready", "运行状况 Health", "哪些服务在线。 Which services are up."),
)


def render() -> str:
    doors = "".join(
        f"<li><a href='{path}'><b>{name}</b>{about}</a></li>" for path, name, about in DOORS
    )
    body = (
        "<main><h1>一件事一次办 <small lang=en>One thing, one visit</small></h1>"
        f"{prose_html(prose.ABOUT)}<ul class=doors>{doors}</ul></main>"
    )
    return page(prose.TITLE, "/", body)


def swagger() -> str:
    body = (
        "<link rel=stylesheet href=/assets/swagger/swagger-ui.css>"
        "<link rel=stylesheet href=/assets/docs.css><main id=docs></main>"
        "<script src=/assets/swagger/swagger-ui-bundle.js></script>"
        "<script src=/assets/docs.js></script>"
    )
    return page("接口文档 · REST API", "/docs", body, "docs")
