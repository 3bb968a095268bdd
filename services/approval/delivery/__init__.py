"""Delivery (送达): the act after decision and certificate, once, with its way and its time."""
