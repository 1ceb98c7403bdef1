"""An independent bank to run against: own process, own double-entry ledger, own clock.

It shares no code with the addons on purpose: whatever both sides would get wrong together,
no test between them could find.
"""
