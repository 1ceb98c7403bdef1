"""Cash application: which open item does a receipt pay?

``values`` are the words, ``references`` and ``names`` read what a payer wrote, ``candidates``
finds the few open items a receipt can mean, and ``decide`` chooses between booking, suggesting
and leaving it to a person. Plain Python: rows in, decisions out.
"""
