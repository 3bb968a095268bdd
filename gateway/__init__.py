"""The only door: identity, limits, routing, and the pages that say what can be asked and heard.

Every request passes the same stations, in this order:

    routes     one decoded path; which service owns it
    door       whose token it is, how many requests that caller has left, who may use the operation
    bodies     how large, how slow and how deep a body may be
    upstreams  a replica that answers
    proxy      what goes back, at once or as a stream

The gateway decides nothing about approvals.  It knows the services' addresses and their own
OpenAPI documents, and imports nothing of theirs but `services.contracts`, for the page of events.
"""
