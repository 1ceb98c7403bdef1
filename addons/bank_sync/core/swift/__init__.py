"""SWIFT customer statements: MT940 (end of day) and MT942 (during the day).

The splitting of a file into messages and fields, all signs, dates and amounts are ours, because
banks bend them in every way; the parts of ``:61:`` and of balances are told apart by the patterns
of the library `mt-940`, which knows what banks put there.
"""
