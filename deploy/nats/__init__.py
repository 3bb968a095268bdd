"""The broker: who may say and hear what, which streams keep it, which departments take part.

`partners.py` reads the operator's file, `config.py` makes the server's configuration of it,
`streams.py` makes streams and the partners' consumers.  `python -m deploy.nats` runs before the
services; everything here may be run again at any time and then changes nothing.
"""
