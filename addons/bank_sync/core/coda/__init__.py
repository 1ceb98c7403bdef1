"""CODA, the Belgian statement of records of 128 characters (Febelfin standard, version 2).

The library `febelfin-coda` reads headers, movements and information; it never sees balances and
trailers, which it would only ``assert``: those are read and compared here, so that they hold
under ``python -O`` too, and a file whose totals are wrong can still be read, with a warning.
"""
