"""Adapters that talk to banks: plain typed Python with network access and without Odoo.

``base`` has the promise every adapter keeps and the registry; ``errors`` the closed set of errors;
``transport`` the one hardened way to the network; one module per kind of bank the rest.
"""

from . import base, berlin_group, file_drop, open_banking_uk, transport
